"""Field types shared by the contracts of all slices: bounded, so that nothing from outside is unlimited."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

QUANTITY_MAX = 1_000_000
MINOR_MAX = 10**15  # ten trillion dollars in cents: sums of a thousand such lines still fit 64 bits

Code = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
ShortText = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[^\x00]*\Z")]
LongText = Annotated[str, Meta(max_length=2000, pattern=r"\A[^\x00]*\Z")]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Minor = Annotated[int, Meta(ge=0, le=MINOR_MAX)]
SignedMinor = Annotated[int, Meta(ge=-MINOR_MAX, le=MINOR_MAX)]
Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
Country = Annotated[str, Meta(pattern=r"\A[A-Z]{2}\Z")]
Metadata = dict[Annotated[str, Meta(min_length=1, max_length=100)], Any]

METADATA_BYTES_MAX = 16_000
