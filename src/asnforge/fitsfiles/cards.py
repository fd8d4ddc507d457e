"""Read the keywords of a primary header that are needed, and nothing else of a FITS file.

A header is read block by block up to its END card. Plain cards are parsed here, about ten times as fast as astropy parses a
whole header; anything less usual, such as a value that continues on the next card, is left to astropy.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

_BLOCK = 2880
_CARD = 80
_MOST_BLOCKS = 4_000
"""A header of more than 11 MB is damaged."""

_STRING = re.compile(r" *'((?:[^']|'')*)' *(?:/.*)?$")
_PLAIN = re.compile(r" *([^\s/']*) *(?:/.*)?$")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class HeaderCards:
    """What was read of one file.

    Attributes
    ----------
    cards : dict of str to str
        The values of the keywords that are present, as strings: logicals are ``T`` and ``F``, strings are without quotes and
        trailing spaces.
    problem : str
        Why the header cannot be used; empty if it can.
    """

    cards: dict[str, str]
    problem: str = ""


def read_cards(path: str, keywords: Collection[str]) -> HeaderCards:
    """The needed keywords of the primary header of a FITS file, compressed with gzip or not; never an exception."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            start = file.read(_BLOCK)
            if not start.startswith(_GZIP):
                return _read(file, start, keywords)
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read(unpacked, unpacked.read(_BLOCK), keywords)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return HeaderCards({}, "the gzip data are damaged or end too early")
    except OSError as error:
        return HeaderCards({}, (error.strerror or str(error)).lower())


def _read(file: IO[bytes] | gzip.GzipFile, block: bytes, keywords: Collection[str]) -> HeaderCards:
    if not block.startswith(b"SIMPLE  ="):
        return HeaderCards({}, "it is empty" if not block else "it is not a FITS file")
    needed = {keyword.ljust(8).encode("ascii"): keyword for keyword in keywords}
    cards: dict[str, str] = {}
    unusual: list[str] = []
    for _ in range(_MOST_BLOCKS):
        if len(block) < _BLOCK:
            return HeaderCards({}, "its header ends too early: the file is truncated")
        for start in range(0, _BLOCK, _CARD):
            name = block[start : start + 8]
            if name == b"END     ":
                if unusual:
                    cards.update(_parsed_by_astropy(unusual, needed.values()))
                return HeaderCards(cards)
            if name in needed or (name == b"CONTINUE" and unusual):
                card = block[start : start + _CARD].decode("latin-1")
                value = _value(card)
                if value is None or name == b"CONTINUE":
                    unusual.append(card)
                elif value:
                    cards.setdefault(needed[name], value)
        block = file.read(_BLOCK)
    return HeaderCards({}, "its header has no end")


def _value(card: str) -> str | None:
    """The value of a plain card, empty if it is undefined; None if astropy has to parse the card."""
    if card[8:10] != "= ":
        return ""
    field = card[10:]
    string = _STRING.match(field)
    if string is not None:
        text = string[1].replace("''", "'").rstrip()
        return None if text.endswith("&") else text
    plain = _PLAIN.match(field)
    return plain[1] if plain is not None else None


def _parsed_by_astropy(cards: list[str], keywords: Collection[str]) -> dict[str, str]:
    """The values of cards that are not plain, as astropy reads them; none of those that it cannot read."""
    import warnings

    from astropy.io.fits import Header
    from astropy.io.fits.verify import VerifyError

    values = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = Header.fromstring("".join(cards))
        for keyword in keywords:
            try:
                value = header.get(keyword)
            except (VerifyError, ValueError):
                continue
            if isinstance(value, bool):
                values[keyword] = "T" if value else "F"
            elif isinstance(value, str | int | float) and str(value).strip():
                values[keyword] = str(value).strip()
    return values
