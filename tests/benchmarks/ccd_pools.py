"""Large pools of a small observatory, for ``rules/ccd-observatory``; ``pools.py --ccd`` writes them.

Forty cameras, which differ in their gain, take lights of several objects every night, and bias, dark and flat frames on some
nights. More exposures are more nights: with a million each camera has been in use for decades.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path

COLUMNS = ("FILE", "DATE-OBS", "IMAGETYP", "OBJECT", "FILTER", "EXPTIME", "CCD-TEMP", "GAIN", "XBINNING")
CAMERAS = 40
FILTERS = ("g", "r", "i", "z")
EXPOSURE_TIMES = (30, 60, 120, 300)
BEGIN = datetime(1996, 1, 1, 18)
"""The first evening; nights without an exposure are as frequent as others."""
NIGHTS_APART = (1, 1, 1, 2, 2, 3, 5, 9, 30)

Frame = tuple[str, str, str, str]
"""Type, object, filter and exposure time."""


def frames(rng: random.Random) -> Iterator[Frame]:
    """The exposures of one camera in one night."""
    if rng.random() < 0.4:
        yield from [("Bias Frame", "-", "-", "0")] * rng.randint(3, 10)
    if rng.random() < 0.15:
        for seconds in rng.sample(EXPOSURE_TIMES, 2):
            yield from [("Dark Frame", "-", "-", str(seconds))] * rng.randint(3, 8)
    if rng.random() < 0.5:
        for name in rng.sample(FILTERS, 3):
            yield from [("Flat Field", "-", name, f"{rng.uniform(1, 9):.1f}")] * rng.randint(3, 8)
    for _ in range(rng.randint(1, 3)):
        target, seconds = f"NGC {rng.randint(1, 7840)}", rng.choice(EXPOSURE_TIMES)
        for name in rng.sample(FILTERS, rng.randint(1, 3)):
            yield from [("Light Frame", target, name, str(seconds))] * rng.randint(1, 8)


def lines(seed: int) -> Iterator[str]:
    """The rows of an endless pool, night after night of all cameras."""
    rng = random.Random(seed)
    evening = BEGIN
    for _ in count():
        for camera in range(CAMERAS):
            time = evening + timedelta(seconds=rng.randint(0, 3600))
            temperature = rng.choice((-20, -15, -10)) if rng.random() < 0.1 else -15
            for number, (kind, target, name, seconds) in enumerate(frames(rng)):
                time += timedelta(seconds=float(seconds) + rng.randint(5, 60))
                file = f"cam{camera:02}_{evening:%Y%m%d}_{number:03}.fits"
                cells = (kind, target, name, seconds, f"{temperature + rng.uniform(-0.2, 0.2):.1f}", str(camera), "1")
                yield "|".join((file, time.isoformat(), *cells)) + "\n"
        evening += timedelta(days=rng.choice(NIGHTS_APART))


def write_ccd_pool(path: Path, rows: int, seed: int) -> None:
    """Write a pool with this number of exposures."""
    with path.open("w", encoding="utf-8") as file:
        file.write("|".join(COLUMNS) + "\n")
        file.writelines(islice(lines(seed), rows))
