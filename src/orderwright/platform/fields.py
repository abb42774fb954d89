"""Field types shared by the contracts of all slices: bounded, so that nothing from outside is unlimited."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

QUANTITY_MAX = 1_000_000
MINOR_MAX = 10**15  # ten trillion dollars in cents: sums of a thousand such lines still fit 64 bits

# Forms of texts; `platform.wording` says each in words.
CODE = r"\A[^\x00-\x1f\x7f]+\Z"
NO_NUL = r"\A[^\x00]*\Z"  # which PostgreSQL cannot store
SLUG = r"\A[a-z][a-z0-9_]{0,49}\Z"
CURRENCY = r"\A[A-Z]{3}\Z"
COUNTRY = r"\A[A-Z]{2}\Z"

Code = Annotated[str, Meta(min_length=1, max_length=100, pattern=CODE)]
ShortText = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Slug = Annotated[str, Meta(pattern=SLUG)]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Minor = Annotated[int, Meta(ge=0, le=MINOR_MAX)]
SignedMinor = Annotated[int, Meta(ge=-MINOR_MAX, le=MINOR_MAX)]
Currency = Annotated[str, Meta(pattern=CURRENCY)]
Country = Annotated[str, Meta(pattern=COUNTRY)]
Metadata = dict[Annotated[str, Meta(min_length=1, max_length=100)], Any]

METADATA_BYTES_MAX = 16_000
