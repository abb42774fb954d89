"""Where carriers tell of a parcel to everyone, by the code of the carrier."""

from __future__ import annotations

from urllib.parse import quote

_PAGES = {
    "ups": "https://www.ups.com/track?tracknum={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "dpd": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "gls": "https://gls-group.eu/track/{}",
    "correos": "https://www.correos.es/es/en/tools/tracker/items/details?tracking-number={}",
}


def tracking_url(carrier: str, number: str | None) -> str | None:
    """The carrier's page of a parcel; None for a carrier that we know no page of, or without a number."""
    page = _PAGES.get(carrier.lower())
    return None if page is None or number is None else page.format(quote(number, safe=""))


def carriers_with_pages() -> list[str]:
    """The codes of the carriers whose pages are known."""
    return sorted(_PAGES)
