"""Times as exact seconds: ISO 8601, dates with the day of the year, and modified Julian dates (docs/grouping.md#times)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from asnforge.rules.units import Exact

SECONDS_PER_DAY = 86_400
_EPOCH = date(1858, 11, 17).toordinal()
"""The day on which modified Julian dates begin."""

_TIME_OF_DAY = r"(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,18})0*)?)?[ ]?(z|utc|[+-]\d\d(?::?\d\d)?)?"
_ISO = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:(?:t|[ ]+){_TIME_OF_DAY})?", re.IGNORECASE | re.ASCII)
_DAY_OF_YEAR = re.compile(rf"(\d{{4}}:\d{{3}})(?:[:]{_TIME_OF_DAY})?", re.IGNORECASE | re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(?:(\d\d)(.*))?", re.IGNORECASE | re.ASCII)
_EARLIEST = (date.min.toordinal() - _EPOCH) * SECONDS_PER_DAY
_END = (date.max.toordinal() + 1 - _EPOCH) * SECONDS_PER_DAY

LARGEST_MJD = 1_000_000
"""The first number that is not read as a modified Julian date, in the year 4596: a Julian date has more days."""


def read_time(text: str) -> Exact | None:
    """The seconds from the beginning of modified Julian dates, 1858-11-17, each day having 86400; None if it is not a time.

    A date alone is the beginning of the day. A leap second is the first second of the next day.
    """
    found = _ISO.fullmatch(text) or _DAY_OF_YEAR.fullmatch(text)
    if found is None:
        compact = _COMPACT.fullmatch(text)
        if compact is None:
            return None
        year, month, day, hour, minute, second, rest = compact.groups()
        expanded = f"{year}-{month}-{day}t{hour}:{minute}" + (f":{second}{rest}" if second else "")
        found = _ISO.fullmatch(expanded)
        if found is None:
            return None
    written, hour, minute, second, fraction, zone = found.groups()
    day_number = _day(written)
    if day_number is None:
        return None
    if hour is None:
        return day_number * SECONDS_PER_DAY, 0
    of_day = _seconds_of_day(int(hour), int(minute), int(second or 0), bool(fraction and fraction.strip("0")), zone)
    if of_day is None:
        return None
    seconds = day_number * SECONDS_PER_DAY + of_day
    if not _EARLIEST <= seconds < _END:
        return None
    return (seconds * 10 ** len(fraction) + int(fraction), -len(fraction)) if fraction else (seconds, 0)


def time_of_mjd(value: Exact) -> Exact | None:
    """The seconds of a modified Julian date; None if it is before the year 1, or large enough to be a Julian date."""
    integer, exponent = value
    seconds = integer * SECONDS_PER_DAY
    unit = 10 ** max(-exponent, 0)
    scaled = seconds * 10 ** max(exponent, 0)
    return (seconds, exponent) if _EARLIEST * unit <= scaled < LARGEST_MJD * SECONDS_PER_DAY * unit else None


def spell_time(value: Exact) -> str:
    """A time in ISO 8601, in lower case, with as many decimals as it needs; empty before the year 1 and after 9999."""
    integer, exponent = value
    if exponent >= 0:
        seconds, fraction = integer * 10**exponent, ""
    else:
        seconds, rest = divmod(integer, 10**-exponent)
        fraction = str(rest).zfill(-exponent).rstrip("0")
    if not _EARLIEST <= seconds < _END:
        return ""
    days, of_day = divmod(seconds, SECONDS_PER_DAY)
    minutes, second = divmod(of_day, 60)
    spelled = f"{_date(days)}t{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    return f"{spelled}.{fraction}" if fraction else spelled


def _seconds_of_day(hour: int, minute: int, second: int, has_fraction: bool, zone: str | None) -> int | None:
    """The seconds from midnight UTC."""
    seconds = hour * 3600 + minute * 60 + second
    is_midnight = hour == 24 and seconds == SECONDS_PER_DAY and not has_fraction
    if minute > 59 or second > 60 or (hour > 23 and not is_midnight):
        return None
    if zone is not None and zone[0] in "+-":
        hours, minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
        if hours > 23 or minutes > 59:
            return None
        offset = hours * 3600 + minutes * 60
        seconds += offset if zone[0] == "-" else -offset
    is_leap_second = seconds % SECONDS_PER_DAY == 0
    return None if second == 60 and not is_leap_second else seconds


@lru_cache(maxsize=65_536)
def _day(written: str) -> int | None:
    """The number of a day, from its date or from its year and the day of the year."""
    try:
        if written[4] == "-":
            return date.fromisoformat(written).toordinal() - _EPOCH
        year, day = int(written[:4]), int(written[5:])
        first = date(year, 1, 1).toordinal()
        is_leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return first + day - 1 - _EPOCH if 1 <= day <= 365 + is_leap_year else None
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def _date(days: int) -> str:
    return date.fromordinal(days + _EPOCH).isoformat()
