"""File names have the same hash if members of their exposures could have the same name."""

from __future__ import annotations

import pytest

from asnforge.pieces.name_hashes import beginnings, hash_cells, hash_names
from asnforge.pool.blocks import make_block
from asnforge.pool.header import Header
from asnforge.pool.plain_blocks import split_plain
from asnforge.rules.file_names import NameEnding

SUFFIX = NameEnding("_raw")
EXTENSIONS = NameEnding("_raw", (".fits", ".fits.gz"))
ANY = NameEnding()
HEADER = Header("night.tsv", 1, 5, "\t", ("FILE",))


@pytest.mark.parametrize(
    ("ending", "name", "other", "is_same"),
    [
        (SUFFIX, "a_raw.fits", "a_raw.fits.gz", True),
        (SUFFIX, "a_raw.fits", "A_RAW.FITS", True),
        (SUFFIX, "a_raw.fits", "b_raw.fits", False),
        (SUFFIX, "a_raw.fits", "a", True),
        (SUFFIX, "a_raw.fits", "a.fits", False),
        (SUFFIX, "a", "A", True),
        (SUFFIX, "é_raw.fits", "É", True),
        (SUFFIX, "@_raw.fits", "`_raw.fits", True),  # these differ only in the bit of case
        (EXTENSIONS, "a_raw.fits", "a_raw.fits.gz", True),
        (EXTENSIONS, "a_raw.fits", "a_raw.txt", False),
        (ANY, "a.fits", "a.txt", True),
        (ANY, "longer_than_eight.fits", "longer_than_eighty.fits", False),
    ],
)
def test_names_with_the_same_root_have_the_same_hash(ending: NameEnding, name: str, other: str, is_same: bool) -> None:
    (first, second), _ = hash_names([name, other], ending)
    assert (first == second) == is_same


@pytest.mark.parametrize("ending", [SUFFIX, EXTENSIONS, ANY])
@pytest.mark.parametrize(
    "names",
    [
        ["a_raw.fits", "b_raw.fits", "A_RAW.FITS"],
        ["a_raw.fits", "a_raw.fits.gz", "a.fits", "a", "longer_than_eight_raw.fits", ".fits", "_raw.fits"],
        [f"a{number}_raw.e{number}" for number in range(9)],
    ],
    ids=["one ending", "several endings", "more endings than are compared at once"],
)
def test_cells_have_the_hashes_of_their_names(names: list[str], ending: NameEnding) -> None:
    block = split_plain(make_block("".join(f"{name}\n" for name in names).encode(), 2), HEADER)
    assert block is not None
    found = hash_cells(block, block.cells([0])[0], ending)
    expected = hash_names(names, ending)
    assert found is not None
    assert [values.tolist() for values in found] == [values.tolist() for values in expected]


def test_a_cell_that_is_too_long_has_no_hash() -> None:
    block = split_plain(make_block(b"a" * 300 + b"\n", 2), HEADER)
    assert block is not None
    assert hash_cells(block, block.cells([0])[0], ANY) is None


def test_beginnings_are_hashed_as_roots_are() -> None:
    names = ["abc", "d", "", "éa"]
    found = [(index, value) for some, hashes in beginnings(names) for index, value in zip(some, hashes, strict=True)]
    roots, _ = hash_names(["a", "ab", "é"], NameEnding("_raw"))
    assert found == [*zip([0, 0, 3], roots, strict=True)]
    assert not list(beginnings(["a", ""]))
