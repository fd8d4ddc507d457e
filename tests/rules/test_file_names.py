"""File names split into parts: by a suffix and extensions exactly as by the equivalent regular expression."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.rules.file_names import PARTS, NameEnding, SplitNames

SUFFIX = NameEnding("_raw", ())
BOTH = NameEnding("_Raw", (".fits", ".fits.gz"))
EXTENSIONS = NameEnding("", (".fits", ".gz", ".fits.gz"))
ANY = NameEnding()
TEMPLATES = (
    ("%s_x%s%%", ("root", "extension")),
    ("%s\nx%s", ("root", "extension")),
    ("x%s", ("extension",)),
    ("x", ()),
)
"""Templates and the parts in them."""


def parts(file_names: NameEnding, name: str) -> dict[str, str] | None:
    names = ["first_raw.fits", name]
    split = file_names.split(names)
    return parts_of(split, 1, names) if split.known[1] else None


def parts_of(split: SplitNames, index: int, names: list[str]) -> dict[str, str]:
    return {part: split.strings(part, np.array([index]), names)[0] for part in PARTS}


@pytest.mark.parametrize(
    ("file_names", "name", "root", "extension"),
    [
        (SUFFIX, "a_raw.fits", "a", ".fits"),
        (SUFFIX, "A_RAW.FITS", "A", ".FITS"),
        (SUFFIX, "a_raw.fits.gz", "a", ".fits.gz"),
        (SUFFIX, "a_raw_raw.fits", "a_raw", ".fits"),
        (SUFFIX, "a_raw.b_raw.c", "a_raw.b", ".c"),
        (SUFFIX, "a_raw.b_raw.", "a", ".b_raw."),
        (SUFFIX, "é_raw.fits", "é", ".fits"),
        (SUFFIX, "İİ_RAW.fİts", "İİ", ".fİts"),
        (BOTH, "a_raw.fits", "a", ".fits"),
        (BOTH, "a.b_RAW.Fits.GZ", "a.b", ".Fits.GZ"),
        (BOTH, "İ_raw.fits", "İ", ".fits"),
        (NameEnding("_straße", ()), "ß_STRASSE.fİts", "ß", ".fİts"),
        (NameEnding("_STRASSE", (".ﬁts",)), "ﬁ_straße.FITS", "ﬁ", ".FITS"),
        (EXTENSIONS, "a.fits", "a", ".fits"),
        (EXTENSIONS, "a.b.fits.gz", "a.b", ".fits.gz"),
        (EXTENSIONS, "a.tar.gz", "a.tar", ".gz"),
        (ANY, "a.b.fits", "a.b", ".fits"),
        (ANY, "a", "a", ""),
        (ANY, "a.", "a.", ""),
        (ANY, ".fits", ".fits", ""),
        (ANY, "", "", ""),
        (ANY, "İ_ß.fİts", "İ_ß", ".fİts"),
        (ANY, "İß", "İß", ""),
    ],
)
def test_split_returns_the_parts_of_a_name(file_names: NameEnding, name: str, root: str, extension: str) -> None:
    assert parts(file_names, name) == {"root": root, "extension": extension}


@pytest.mark.parametrize(
    ("file_names", "names"),
    [
        (SUFFIX, ["", ".", "a", "a_raw", "a_raw.", "_raw.fits", "a.fits", "a_raws.fits", "a-raw.fits"]),
        (
            BOTH,
            ["", "a_raw", "a_raw.", "_raw.fits", "_raw.fits.gz", "a.fits", "a_raw.fit", "a_raw.fits.bz2", "a_rawxfits"],
        ),
        (EXTENSIONS, ["", ".fits", "fits", "a", "afits"]),
    ],
)
def test_name_that_does_not_match_is_unknown(file_names: NameEnding, names: list[str]) -> None:
    assert [name for name in names if parts(file_names, name) is not None] == []


def test_extension_needs_a_root() -> None:
    assert parts(EXTENSIONS, ".fits.gz") == {"root": ".fits", "extension": ".gz"}


def test_split_of_no_names_is_empty() -> None:
    for file_names in (SUFFIX, BOTH, EXTENSIONS, ANY):
        split = file_names.split([])
        assert (split.known.tolist(), split.bounds.tolist()) == ([], [])


@pytest.mark.parametrize(
    "names",
    [
        ["a_raw.fits", "b_raw.fits"],
        ["", "a_raw.fits", "b_raw_raw.fits"],
        ["a_raw.fits", "b_RAW.fits", "c_raw.fits"],
        ["_raw.fits", "b_raw.fits"],
        ["a\nb_raw.fits", "b_raw.fits"],
        ["a", "b_raw.fits"],
        ["é_raw.fits", "b_raw.fits"],
        ["a_raw.fits", "a_raw.fits_raw.fits"],
        ["a_raw.fits", "b_raw.fıts"],
        ["a_raw.fits", "b"],
    ],
)
def test_names_are_split_together_as_each_by_itself(names: list[str]) -> None:
    for file_names in (SUFFIX, BOTH, EXTENSIONS, ANY, NameEnding("_RAW")):
        split = file_names.split(names)
        own = [file_names.split([name]) for name in names]
        assert split.known.tolist() == [each.known[0] for each in own]
        for index in np.flatnonzero(split.known).tolist():
            name = names[index]
            known = {part: own[index].strings(part, np.array([0]), [name])[0] for part in PARTS}
            assert parts_of(split, index, names) == known
            for template, used in TEMPLATES:
                filled = split.filled(template, used, np.array([index]), names)
                assert filled == [template % tuple(known[part] for part in used)]


@pytest.mark.parametrize(
    ("template", "used", "expected"),
    [
        ("%s_x%s", ("root", "extension"), ["a_x.fits", "a_raw_x.fits"]),
        ("%s_100%%", ("root",), ["a_100%", "a_raw_100%"]),
        ("%s\n_x%s", ("root", "extension"), ["a\n_x.fits", "a_raw\n_x.fits"]),
        ("%s\n", ("root",), ["a\n", "a_raw\n"]),
        ("\n%s", ("root",), ["\na", "\na_raw"]),
        ("\n", (), ["\n", "\n"]),
        ("%s%s", ("root", "root"), ["aa", "a_rawa_raw"]),
        ("%s.%s", ("extension", "root"), [".fits.a", ".fits.a_raw"]),
    ],
)
def test_templates_are_filled_for_several_names_with_a_common_end(
    template: str, used: tuple[str, ...], expected: list[str]
) -> None:
    names = ["a_raw.fits", "", "b_raw.fits", "a_raw_raw.fits"]
    split = SUFFIX.split(names)
    assert split.end == "_raw.fits"
    assert split.filled(template, used, np.array([0, 3]), names) == expected


NAMES = st.lists(st.sampled_from(["a", "_raw", "_RAW", ".", ".fits", ".gz", "é", "İ", "_", "raw"]), max_size=7).map(
    "".join
)


@given(st.lists(NAMES, max_size=4))
def test_suffix_splits_names_as_the_equivalent_regular_expression(names: list[str]) -> None:
    expected = re.compile(r"(?P<root>.+)_raw(?P<extension>\..+)", re.IGNORECASE)
    split = SUFFIX.split(names)
    for index, name in enumerate(names):
        match = expected.fullmatch(name)
        assert bool(split.known[index]) == (match is not None)
        if match is not None:
            assert parts_of(split, index, names) == match.groupdict()


@given(NAMES)
def test_extensions_split_names_as_the_equivalent_regular_expression(name: str) -> None:
    match = re.fullmatch(r"(?P<root>.+)_raw(?P<extension>\.fits\.gz|\.fits)", name, re.IGNORECASE)
    assert parts(BOTH, name) == (match and match.groupdict())
