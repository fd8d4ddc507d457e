"""Footprints on the sky: the POLYGON and CIRCLE of STC-S, as pools of archives have them."""

from __future__ import annotations

import math
import re

from asnforge.report.model import Region

_SHAPE = re.compile(r"\b(polygon|circle)\b", re.IGNORECASE)
_WORD = re.compile(r"\b[a-z][a-z0-9]*", re.IGNORECASE)
"""The names of frames and operators, such as ``ICRS`` and ``UNION``."""

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_CORNERS = 16
"""The number of corners of the polygon that a circle becomes."""


def read_footprint(text: str) -> tuple[Region, ...]:
    """The polygons of a footprint in degrees; none if it cannot be read.

    >>> read_footprint("POLYGON ICRS 10 20 10.5 20 10.5 20.5")
    (((10.0, 20.0), (10.5, 20.0), (10.5, 20.5)),)
    """
    regions = []
    parts = _SHAPE.split(text)
    for shape, values in zip(parts[1::2], parts[2::2], strict=True):
        numbers = [float(number) for number in _NUMBER.findall(_WORD.sub(" ", values))]
        region = _circle(numbers) if shape.casefold() == "circle" else _polygon(numbers)
        if region:
            regions.append(region)
    return tuple(regions)


def _polygon(numbers: list[float]) -> Region:
    if len(numbers) < 6 or len(numbers) % 2:
        return ()
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    return corners if all(_is_on_sky(*corner) for corner in corners) else ()


def _circle(numbers: list[float]) -> Region:
    if len(numbers) != 3 or not _is_on_sky(numbers[0], numbers[1]) or not 0 < numbers[2] < 90:
        return ()
    right_ascension, declination, radius = numbers
    stretch = max(math.cos(math.radians(declination)), 1e-6)
    angles = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    return tuple(
        (
            (right_ascension + radius * math.cos(angle) / stretch) % 360,
            max(-90.0, min(90.0, declination + radius * math.sin(angle))),
        )
        for angle in angles
    )


def _is_on_sky(right_ascension: float, declination: float) -> bool:
    return -360 <= right_ascension <= 360 and -90 <= declination <= 90
