"""Distance over the ground as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def great_circle_km(latitude1: float, longitude1: float, latitude2: float, longitude2: float) -> float:
    """Great-circle distance in km between two places in degrees (haversine formula, on a sphere: within 0.6 %)."""
    lat1, lat2 = radians(latitude1), radians(latitude2)
    by_latitude = sin((lat2 - lat1) / 2)
    by_longitude = sin(radians(longitude2 - longitude1) / 2)
    chord = by_latitude * by_latitude + cos(lat1) * cos(lat2) * by_longitude * by_longitude
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
