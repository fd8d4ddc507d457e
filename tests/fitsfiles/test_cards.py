"""Reading the keywords of a primary header."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st
from support.fits_files import BLOCK, card, header_bytes, write_fits

from asnforge.fitsfiles.cards import HeaderCards, read_cards

KEYWORDS = ("MODE", "FLAG", "COUNT", "TIME", "NAME", "DATE-OBS")


def test_values_are_strings_as_the_header_spells_them(tmp_path: Path) -> None:
    path = write_fits(
        tmp_path / "a.fits", MODE="SLIT  ", FLAG=True, COUNT=7, TIME=60000.125, NAME="O'Neill", DATE__OBS="x"
    )
    assert read_cards(str(path), KEYWORDS) == HeaderCards(
        {"MODE": "SLIT", "FLAG": "T", "COUNT": "7", "TIME": "60000.125", "NAME": "O'Neill", "DATE-OBS": "x"}
    )


def test_only_requested_keywords_are_returned(tmp_path: Path) -> None:
    path = write_fits(tmp_path / "a.fits", MODE="SLIT", COUNT=7)
    assert read_cards(str(path), ["COUNT"]).cards == {"COUNT": "7"}


def test_the_first_of_repeated_keywords_is_used(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    data = header_bytes(MODE="ONE")[:-BLOCK] or header_bytes(MODE="ONE")
    path.write_bytes(
        data.replace(f"{'END':80}".encode(), card("MODE", "TWO").encode() + f"{'END':80}".encode())[:BLOCK]
    )
    assert read_cards(str(path), ["MODE"]).cards == {"MODE": "ONE"}


def test_keywords_beyond_the_first_block_are_read(tmp_path: Path) -> None:
    filler = {f"K{number}": number for number in range(100)}
    path = write_fits(tmp_path / "a.fits", **filler, MODE="SLIT")
    assert path.stat().st_size == 3 * BLOCK
    assert read_cards(str(path), ["MODE", "K99"]).cards == {"K99": "99", "MODE": "SLIT"}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("MODE    = 'SLIT'               / the mode", "SLIT"),
        ("MODE    = 'a / b'              / a slash in a string", "a / b"),
        ("MODE    =                    T / logical", "T"),
        ("MODE    =             -1.5E+03 / number", "-1.5E+03"),
        ("MODE    =                      / undefined", None),
        ("MODE    = ''", None),
        ("MODE    = '   '", None),
        ("MODE      no value indicator", None),
    ],
)
def test_each_form_of_a_card(tmp_path: Path, line: str, value: str | None) -> None:
    path = tmp_path / "a.fits"
    end = f"{'END':80}".encode()
    path.write_bytes(header_bytes().replace(end, f"{line:80}".encode() + end)[:BLOCK])
    assert read_cards(str(path), ["MODE"]).cards.get("MODE") == value


def test_a_long_string_that_continues_is_read_whole(tmp_path: Path) -> None:
    header = fits.Header()
    header["LONGNAME"] = "x" * 200
    header["MODE"] = "SLIT"
    path = tmp_path / "a.fits"
    fits.PrimaryHDU(header=header).writeto(path)
    assert read_cards(str(path), ["LONGNAME", "MODE"]).cards == {"MODE": "SLIT", "LONGNAME": "x" * 200}


def _damaged_gzip() -> bytes:
    return gzip.compress(header_bytes(MODE="SLIT"))[:-20]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"%PDF-1.7" + b" " * BLOCK, "it is not a FITS file"),
        (header_bytes(MODE="SLIT")[:1000], "its header ends too early: the file is truncated"),
        (header_bytes(**{f"K{n}": n for n in range(60)})[:BLOCK], "its header ends too early: the file is truncated"),
        (_damaged_gzip(), "the gzip data are damaged or end too early"),
        (b"\x1f\x8b" + b"\0" * 30, "the gzip data are damaged or end too early"),
    ],
    ids=["empty", "not FITS", "truncated block", "truncated header", "truncated gzip", "damaged gzip"],
)
def test_a_file_that_cannot_be_used_has_its_reason(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "a.fits"
    path.write_bytes(data)
    assert read_cards(str(path), KEYWORDS) == HeaderCards({}, problem)


def test_a_missing_file_has_the_reason_of_the_system(tmp_path: Path) -> None:
    assert read_cards(str(tmp_path / "none.fits"), KEYWORDS).problem == "no such file or directory"


def test_compressed_files_are_read(tmp_path: Path) -> None:
    assert read_cards(str(write_fits(tmp_path / "a.fits.gz", MODE="SLIT")), ["MODE"]).cards == {"MODE": "SLIT"}


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_any_string_that_astropy_writes_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    header = fits.Header()
    header["MODE"] = text
    path = tmp_path_factory.mktemp("fits") / "a.fits"
    fits.PrimaryHDU(header=header).writeto(path)
    assert read_cards(str(path), ["MODE"]).cards.get("MODE", "") == text.rstrip()
