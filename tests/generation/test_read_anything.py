"""A pool is read from anything that a program or a notebook has, and wrong input is explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import MaskedColumn, Table
from support.fits_files import LYNX_HEADERS, write_fits
from support.observatory import pool_text, rule, write_ruleset

from asnforge import InputError, Ruleset, generate, load_ruleset, read_pool

POOL = """
FILE    PROPOSAL CAMERA CANDIDATES
a_raw.f 7        red    o1/night
b_raw.f 7        red    o1/night
c_raw.f .        red    .
"""


@pytest.fixture
def lynx(tmp_path: Path) -> Ruleset:
    """The invented observatory, with its headers."""
    return load_ruleset(write_ruleset(tmp_path / "rules", rule(), headers=LYNX_HEADERS), default=False)


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two exposures, and a table, below the current folder."""
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        cards: dict[str, Any] = {"PROG": "001", "OBSNO": "01", "CAM": "RED", "MODE": "IMAGE", "OBJECT": "M 31"}
        write_fits(tmp_path / f"night/ly001_{number}_red_flat.fits", **cards)
    (tmp_path / "pool.tsv").write_text(pool_text(POOL))
    return tmp_path / "night"


FILES = ["night/ly001_1_red_flat.fits", "night/ly001_2_red_flat.fits"]


class Collection:
    """The part of ccdproc.ImageFileCollection that is used."""

    def __init__(self, folder: str) -> None:
        self.location = folder

    def files_filtered(self, *, include_path: bool) -> list[str]:
        names = sorted(path.name for path in Path(self.location).glob("*.fits"))
        return [f"{self.location}/{name}" for name in names] if include_path else names


@pytest.mark.parametrize(
    "source",
    [
        lambda: "night",
        lambda: Path("night"),
        lambda: "night/*.fits",
        lambda: FILES,
        lambda: tuple(map(Path, FILES)),
        lambda: (path for path in FILES),
        lambda: Table({"Local Path": FILES, "Status": ["COMPLETE", "COMPLETE"], "Message": ["", ""]}),
        lambda: Table({"Local Path": FILES}),
        lambda: Collection("night"),
    ],
    ids=[
        "folder",
        "Path",
        "pattern",
        "list",
        "tuple",
        "generator",
        "download",
        "download without status",
        "collection",
    ],
)
def test_fits_files_make_a_pool_that_knows_them(source: Callable[[], Any], night: Path, lynx: Ruleset) -> None:
    pool = read_pool(source(), ruleset=lynx, use_cache=False)
    assert pool.columns["file"].cells() == ["ly001_1_red_raw.fits", "ly001_2_red_raw.fits"]
    assert pool.files == {f"ly001_{n}_red": {"flat": str(night / f"ly001_{n}_red_flat.fits")} for n in (1, 2)}


def frame(columns: dict[str, list[Any]]) -> Any:
    """A pandas DataFrame, or the test is skipped."""
    return pytest.importorskip("pandas").DataFrame(columns)


COLUMNS: dict[str, list[Any]] = {
    "FILE": ["a_raw.f", "b_raw.f"],
    "PROPOSAL": ["07", "07"],
    "COUNT": [3, 30],
    "DARK": [True, False],
}


@pytest.mark.parametrize(
    "source",
    [lambda: Table(COLUMNS), lambda: np.array(Table(COLUMNS)), lambda: frame(COLUMNS)],
    ids=["Table", "array", "DataFrame"],
)
def test_a_table_in_memory_is_a_pool(source: Callable[[], Any], lynx: Ruleset) -> None:
    pool = read_pool(source(), ruleset=lynx, name="tonight")
    assert {name: column.cells() for name, column in pool.columns.items()} == {
        "file": ["a_raw.f", "b_raw.f"],
        "proposal": ["07", "07"],
        "count": ["3", "30"],
        "dark": ["T", "F"],
    }
    assert (pool.path, pool.name, pool.unit, pool.files) == ("tonight", "tonight", "row", None)


def test_a_masked_cell_is_empty(lynx: Ruleset) -> None:
    table = Table({"FILE": ["a", "b"], "STAR": MaskedColumn(["x", "y"], mask=[False, True])})
    assert read_pool(table, ruleset=lynx).columns["star"].cells() == ["x", ""]


def test_a_table_and_its_file_give_the_same_associations(night: Path, lynx: Ruleset) -> None:
    from_file = generate("pool.tsv", lynx)
    table = read_pool("pool.tsv", ruleset=lynx).to_table()
    from_memory = generate(read_pool(table, ruleset=lynx, name="pool.tsv"), lynx)
    assert from_memory.associations == from_file.associations != ()
    assert (from_memory.orphans, from_file.orphans) == ((3,), (4,))  # rows, and lines of the file


def test_a_pool_is_returned_as_it_is(night: Path, lynx: Ruleset) -> None:
    pool = read_pool("pool.tsv", ruleset=lynx)
    assert read_pool(pool) is pool


def test_the_table_of_a_pool_is_masked_where_a_value_is_undefined(night: Path, lynx: Ruleset) -> None:
    Path("pool.tsv").write_text("FILE\tSTAR\tSKY\na\tNone\tx\nb\t\ty\nc\tz\tz\n")
    pool = read_pool("pool.tsv", ruleset=lynx)
    assert pool.to_table()["STAR"].tolist() == [None, None, "z"]
    assert pool.to_table(undefined=["Z"])["STAR"].tolist() == ["None", None, None]
    assert (pool.to_table().colnames, pool.to_table()["SKY"].tolist()) == (["FILE", "STAR", "SKY"], ["x", "y", "z"])


def test_a_home_folder_is_found(night: Path, lynx: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(night.parent))
    assert len(read_pool("~/pool.tsv", ruleset=lynx)) == 3


def test_a_pattern_of_one_table_is_that_table(night: Path, lynx: Ruleset) -> None:
    assert read_pool("*.tsv", ruleset=lynx).name == "pool.tsv"


def test_files_that_were_not_downloaded_are_reported(night: Path, lynx: Ruleset) -> None:
    download = Table({"Local Path": [*FILES, "night/c.fits"], "Status": ["COMPLETE", "complete", "ERROR"]})
    pool = read_pool(download, ruleset=lynx, use_cache=False)
    assert len(pool) == 2
    assert [str(finding) for finding in pool.findings] == [
        "night/c.fits: P142 warning: the file is not used: its status is 'ERROR'; download it again"
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (42, "P140 a pool cannot be read from int; give a path, a list of paths, or a table of exposures"),
        (None, "P140 a pool cannot be read from NoneType; give a path, a list of paths, or a table of exposures"),
        (b"pool.tsv", "P140 a pool cannot be read from bytes; give a path, a list of paths, or a table of exposures"),
        ({"FILE": "a"}, "P140 a pool cannot be read from dict; give a path, a list of paths, or a table of exposures"),
        (
            ["pool.tsv", 7],
            "P140 a pool cannot be read from a list with int; give a path, a list of paths, or a table of exposures",
        ),
        ([], "P140 there are no files to read; give a path, a list of paths, or a table of exposures"),
        (Collection("absent"), "P140 there are no files to read; give a path, a list of paths, or a table of exposures"),
        (1.5, "P140 a pool cannot be read from float; give a path, a list of paths, or a table of exposures"),
        (
            ["pool.tsv", "other.tsv"],
            "P141 2 tables cannot be one pool: pool.tsv, other.tsv; read each of them as a pool of its own",
        ),
        (
            Table({"Local Path": ["a.fits"], "Status": ["ERROR"]}),
            "P142 all of 1 file of the download are missing; download them again",
        ),
        (Table({"FILE": []}), "table: P105 the table has no rows; a pool has one row per exposure"),
        ("nihgt", "nihgt: P101 no such file"),
        ("*.nothing", "P120 no file matches *.nothing"),
        (["night/*.fits", "*.nothing"], "P120 no file matches *.nothing"),
        (Table({"Local Path": ["absent.fits"]}), "absent.fits: P101 no such file"),
    ],
)  # fmt: skip
def test_wrong_input_is_explained(source: Any, message: str, night: Path, lynx: Ruleset) -> None:
    with pytest.raises(InputError) as stop:
        read_pool(source, ruleset=lynx)
    assert str(stop.value).splitlines()[0] == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"choice": "o1"}, "P143 choice cannot be 'o1'; give asnforge.ScopeChoice(ids=(ID,)), for example"),
        ({"version_id": 3}, "P143 version_id cannot be '3' (int); give a string"),
        (
            {"ruleset": 3},
            "P143 ruleset cannot be '3' (int); give the name, file or folder of a rule set, or what load_ruleset returns",
        ),
    ],
)
def test_a_wrong_argument_is_explained(arguments: dict[str, Any], message: str, night: Path, lynx: Ruleset) -> None:
    with pytest.raises(InputError) as stop:
        generate("pool.tsv", **({"ruleset": lynx} | arguments))
    assert str(stop.value) == message


def test_a_notebook_shows_the_problem_without_a_traceback() -> None:
    with pytest.raises(InputError) as stop:
        read_pool(42)
    assert stop.value._render_traceback_() == [f"InputError: {stop.value}"]


def test_a_collection_of_ccdproc_is_read(night: Path, lynx: Ruleset) -> None:
    ccdproc = pytest.importorskip("ccdproc", reason="ccdproc is not installed")
    pool = read_pool(ccdproc.ImageFileCollection("night"), ruleset=lynx, use_cache=False)
    assert len(pool) == 2
