"""A large pool is generated in pieces, with the result of the whole pool."""

from __future__ import annotations

import gzip
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observatory import pool_text, rule, ruleset
from support.pools import LYNX_HEADER, lynx_rows, rulesets

from asnforge.generation import files as running
from asnforge.generation import pool_in_pieces
from asnforge.generation.files import PoolRun, run_pools
from asnforge.generation.inputs import GenerateOptions
from asnforge.generation.pool_in_pieces import cut_any_pool, cut_large_pool
from asnforge.grouping.scopes import ScopeChoice
from asnforge.grouping.selection import read_conditions
from asnforge.pieces.partition import CutSizes
from asnforge.pool import temporary_copy

SIZES = CutSizes(large=0, scan=200, rows=1)
RULES = ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule())
OPTIONS = GenerateOptions(RULES)
NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
f_raw.f 10       red    2     o1/night
a_raw.f 7        red    1     o1/night
b_raw.f 8        red    2     o1/night
c_raw.f 7        red    1     o1/night
d_raw.f .        red    2     o2/night
e_raw.f 9        red    2     o2/night
"""


@contextmanager
def small_pieces(sizes: CutSizes) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "may_be_large", lambda _: True)
        patch.setattr(pool_in_pieces, "cut_any_pool", partial(cut_any_pool, sizes=sizes))
        yield


def run(path: Path, options: GenerateOptions, folder: str, *, in_pieces: bool, name: str = "") -> PoolRun:
    """Generate from a file, which is standard input if `name` is ``-``."""
    with (
        small_pieces(SIZES if in_pieces else CutSizes()),
        pytest.MonkeyPatch.context() as patch,
        path.open("rb") as file,
    ):
        patch.setattr(sys, "stdin", TextIOWrapper(file))
        (done,) = run_pools([name or str(path)], path.parent / folder, options)
    return done


def assert_same(path: Path, options: GenerateOptions, name: str = "") -> bool:
    """Check that the results are the same; whether the pool was generated in pieces."""
    orphans = path.parent / "orphans.tsv"
    runs, outputs = [], []
    for in_pieces in (False, True):
        done = run(path, replace(options, orphans=orphans), str(in_pieces), in_pieces=in_pieces, name=name)
        runs.append(done)
        below = sorted((path.parent / str(in_pieces)).glob("*"))
        rows = orphans.read_bytes() if orphans.exists() else None
        outputs.append(([(file.name, file.read_bytes()) for file in below], rows))
    whole, pieces = runs
    assert pieces.summary == whole.summary
    assert pieces.findings == whole.findings
    assert outputs[1] == outputs[0]
    names = [] if whole.written is None else [file.name for file in whole.written.paths]
    assert names == ([] if pieces.written is None else [file.name for file in pieces.written.paths])
    return pieces.generation is None and pieces.summary is not None


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.tsv"
    path.write_text(pool_text(NIGHT))
    return path


@pytest.mark.parametrize(
    ("change", "in_pieces"),
    [
        (("", ""), True),
        (("c_raw.f\t7", "c_raw.f\t9"), True),
        (("c_raw.f\t7", "a_raw.f\t9"), True),
        (("e_raw.f\t9\tred", "ragged"), True),
        (("e_raw.f", "e_other.f"), True),
        (("FIELD", "AREA"), True),
        (("\t9\t", "\t9-1\t"), False),
        (("PROPOSAL", "PROGRAM"), False),
    ],
    ids=["plain", "apart", "file listed twice", "malformed row", "kept name", "column", "program", "no column"],
)
def test_pieces_have_the_result_of_the_whole_pool(night: Path, change: tuple[str, str], in_pieces: bool) -> None:
    night.write_text(night.read_text().replace(*change))
    assert assert_same(night, OPTIONS) is in_pieces


def test_files_are_in_the_order_of_their_names(night: Path) -> None:
    done = run(night, GenerateOptions(ruleset(rule(), rule("Other"), duplicates="keep")), "out", in_pieces=True)
    assert done.summary is not None
    names = [association.file_name for association in done.summary.associations]
    assert names == sorted(names)
    assert len(names) == 16


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, merge=True),
        replace(OPTIONS, pool_format="ascii.basic"),
        GenerateOptions(ruleset(rule(product="{camera}"))),
        GenerateOptions(ruleset(rule(), members={"name": "all{extension}"})),
        GenerateOptions(ruleset(rule(), keywords={"file_name": "{camera}_{sequence}_asn.json"})),
    ],
    ids=["merge", "format", "products", "members", "names"],
)
def test_what_needs_the_whole_pool_is_not_cut(night: Path, options: GenerateOptions) -> None:
    assert cut_large_pool(str(night), options, SIZES) is None


def test_findings_that_count_in_the_whole_pool_need_all_of_it(night: Path) -> None:
    same_names = ruleset(rule(), members={"name": "{root}.f"})
    night.write_text(night.read_text() + "a_raw.g\t7\tred\t1\t[('o1', 'night')]\n")
    assert assert_same(night, GenerateOptions(same_names)) is True
    night.write_text(night.read_text() + "b_raw.g\t8\tred\t2\t[('o1', 'night')]\n")
    assert assert_same(night, GenerateOptions(same_names)) is False


def test_a_pool_that_is_not_a_file_is_not_cut() -> None:
    assert cut_large_pool("absent.tsv", OPTIONS, SIZES) is None
    with cut_any_pool("absent.tsv", OPTIONS, SIZES) as (_, large):
        assert large is None


SOME_FAULTS = "malformed\ng_raw.f\t7\tred\t1\t[('o2'\nh_raw.f\t9\tre/d\t1\t\n"


@pytest.mark.parametrize("name", ["-", "night.tsv.gz"])
@pytest.mark.parametrize("compressed", [True, False], ids=["compressed", "text"])
@pytest.mark.parametrize("what", ["plain", "ambiguous", "no such value"])
def test_standard_input_and_compressed_pools_are_generated_in_pieces(
    night: Path, name: str, compressed: bool, what: str
) -> None:
    text = night.read_text() + SOME_FAULTS
    if what == "ambiguous":
        text += "i_raw.f\t9-1\tred\t1\t\n"
    options = replace(OPTIONS, where=read_conditions(["CAMERA=red,bleu"])) if what == "no such value" else OPTIONS
    path = night.parent / "night.tsv.gz"
    path.write_bytes(gzip.compress(text.encode()) if compressed else text.encode())
    assert assert_same(path, options, "" if name != "-" else name) is (what == "plain")


@pytest.mark.parametrize("name", ["-", ""])
def test_without_space_for_a_copy_the_whole_pool_is_read(
    night: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (night.read_text() + SOME_FAULTS).encode()
    path = night.parent / "night.tsv.gz"
    path.write_bytes(data if name else gzip.compress(data))
    monkeypatch.setattr(tempfile, "tempdir", str(night.parent / "missing"))
    assert assert_same(path, OPTIONS, name) is False
    monkeypatch.setattr(temporary_copy, "NamedTemporaryFile", Full)
    assert assert_same(path, OPTIONS, name) is False


class Full:
    """A temporary file on a disk without space."""

    def __init__(self, **_: object) -> None:
        self.name = "/dev/null"

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, _: bytes) -> int:
        raise OSError


def test_a_damaged_compressed_pool_has_the_finding_of_the_whole_pool(night: Path) -> None:
    path = night.parent / "night.tsv.gz"
    path.write_bytes(gzip.compress(night.read_bytes())[:-20])
    whole, pieces = (run(path, OPTIONS, "out", in_pieces=in_pieces) for in_pieces in (False, True))
    assert [finding.code for finding in whole.findings] == ["P108"]
    assert pieces.findings == whole.findings


@pytest.mark.parametrize(
    ("options", "delimiter"),
    [
        ({"pool_format": "tab"}, "\t"),
        ({"pool_format": "ascii.csv"}, ","),
        ({"delimiter": "|"}, "|"),
        ({"pool_format": "csv", "delimiter": "|"}, "|"),
    ],
    ids=str,
)
def test_a_delimiter_and_formats_of_text_are_those_of_the_whole_pool(
    night: Path, options: dict[str, str], delimiter: str
) -> None:
    cells = (line.split("\t") for line in (night.read_text() + SOME_FAULTS).splitlines())
    quoted = ([f'"{cell}"' if "," in cell or "|" in cell else cell for cell in row] for row in cells)
    night.write_text("\n".join(map(delimiter.join, quoted)) + "\n")
    given: Any = options
    assert assert_same(night, replace(OPTIONS, **given))


def test_a_dry_run_writes_nothing(night: Path) -> None:
    done = run(night, replace(OPTIONS, dry_run=True), "out", in_pieces=True)
    assert done.summary is not None
    assert len(done.summary.associations) == 4
    assert (done.generation, done.written) == (None, None)
    assert sorted(path.name for path in night.parent.iterdir()) == ["night.tsv"]


def test_nothing_is_written_if_a_file_is_in_the_way(night: Path) -> None:
    link = night.parent / "out" / "p009-z9_stack_01_asn.json"
    link.parent.mkdir()
    link.symlink_to(night)
    done = run(night, OPTIONS, "out", in_pieces=True)
    assert [finding.code for finding in done.findings] == ["A193"]
    assert list(link.parent.iterdir()) == [link]


LYNX_AND_BOBCAT = replace(
    OPTIONS,
    more_rulesets=(
        ruleset(
            rule("Red", select={"red": {"column": "CAMERA", "is": "red"}}, asn_type="trace"),
            ruleset="bobcat",
            undefined=["x", "9"],
            members={"name": "{root}{extension}", "suffix": "_raw"},
        ),
    ),
)
SELECTED = read_conditions(["CAMERA=red", "FIELD!=2"])


@pytest.mark.parametrize(
    ("options", "in_pieces"),
    [
        (LYNX_AND_BOBCAT, True),
        (replace(OPTIONS, more_rulesets=(RULES,)), True),
        (replace(OPTIONS, more_rulesets=(RULES, replace(RULES, name="bobcat"))), True),
        (replace(OPTIONS, choice=ScopeChoice(ids=("o1",))), True),
        (replace(OPTIONS, choice=ScopeChoice(ids=("O2", "z9"))), True),
        (replace(OPTIONS, choice=ScopeChoice(ids=("o1", "o7"))), False),
        (replace(OPTIONS, where=SELECTED), True),
        (replace(LYNX_AND_BOBCAT, where=SELECTED, choice=ScopeChoice(ids=("o1",))), True),
        (replace(OPTIONS, where=read_conditions(["PROPOSAL=9"])), True),
        (replace(OPTIONS, where=read_conditions(["PROPOSAL=7,8,10"])), True),
        (replace(OPTIONS, where=read_conditions(["CAMERA=red,bleu"])), False),
        (replace(OPTIONS, where=read_conditions(["CAMERA!=red"])), False),
        (replace(OPTIONS, where=read_conditions(["COLOR=red"])), False),
    ],
    ids=[
        "two rule sets",
        "same rule set twice",
        "same rules three times",
        "candidate",
        "candidates",
        "no such candidate",
        "conditions",
        "everything",
        "one program",
        "programs",
        "no such value",
        "nothing selected",
        "no such column",
    ],
)
def test_options_have_the_result_of_the_whole_pool(night: Path, options: GenerateOptions, in_pieces: bool) -> None:
    night.write_text(night.read_text() + "malformed\ng_raw.f\t7\tred\t1\t[('o2'\n")
    assert assert_same(night, options) is in_pieces


@st.composite
def files_of_several_programs(draw: st.DrawFn) -> list[list[str]]:
    """Rows in which exposures of several programs have the same root, with the suffix of the pool or that of a member."""
    rows = draw(lynx_rows(programs=("7", "8", "07", "9", "10", "")))
    endings = st.sampled_from(["_raw.f", "_raw.f", "_RAW.f", "_raw.g", "_flat.f", "_spectrum.f", ".f", ""])
    roots = st.sampled_from(["a", "A", "b", "a_raw", "a_flat"])
    return [[draw(roots) + draw(endings) if draw(st.booleans()) else row[0], *row[1:]] for row in rows]


POOLS = lynx_rows(programs=("7", "8", "07", "9", "10", "")) | files_of_several_programs()
RULE_OPTIONS = [
    OPTIONS,
    LYNX_AND_BOBCAT,
    GenerateOptions(ruleset(rule(), members={"name": "{root}{extension}"})),
    GenerateOptions(ruleset(rule(), members={"suffix": None, "name": "{level}-{root}{extension}"})),
    GenerateOptions(ruleset(rule("Fields", group_by={"field": {"column": "FIELD"}}), rule("Cameras"), duplicates=None)),
    GenerateOptions(ruleset(rule(), duplicates="members_and_product")),
]


def write_night(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("\n".join("\t".join(row) for row in [LYNX_HEADER, *rows]) + "\n")
    return path


@given(rows=POOLS, options=st.sampled_from(RULE_OPTIONS) | rulesets().map(GenerateOptions))
@settings(deadline=None, max_examples=60)
def test_random_pools_have_the_result_of_the_whole_pool(rows: list[list[str]], options: GenerateOptions) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_same(write_night(Path(folder) / "night.tsv", rows), options)


@given(
    rows=POOLS,
    rules=st.sampled_from([OPTIONS, LYNX_AND_BOBCAT]),
    conditions=st.lists(st.sampled_from(["CAMERA=red", "FIELD!=1", "PROPOSAL=7,8", "OBS=,1"]), max_size=2),
    ids=st.lists(st.sampled_from(["o1", "c1", "c2", "z9"]), max_size=2),
)
@settings(deadline=None, max_examples=40)
def test_selections_of_random_pools_have_the_result_of_the_whole_pool(
    rows: list[list[str]], rules: GenerateOptions, conditions: list[str], ids: list[str]
) -> None:
    options = replace(rules, where=read_conditions(conditions), choice=ScopeChoice(ids=tuple(ids)))
    with tempfile.TemporaryDirectory() as folder:
        assert_same(write_night(Path(folder) / "night.tsv", rows), options)


def test_exposures_of_two_programs_with_one_member_name_are_in_one_piece(night: Path) -> None:
    rows = night.read_text()
    for name in ("a_raw.g", "a_flat.f", "A_RAW.f"):
        night.write_text(rows + f"{name}\t11\tred\t1\t[('o1', 'night')]\n")
        large = cut_large_pool(str(night), OPTIONS, SIZES)
        assert large is not None
        assert [piece.lines.tolist() for piece in large.cut.pieces] == [[2], [3, 5, 8], [4], [6], [7]]
    night.write_text(rows + "a_x_flat.f\t11\tred\t1\t[('o1', 'night')]\nx_raw.f\t11\tred\t1\t\n")
    large = cut_large_pool(str(night), OPTIONS, SIZES)
    assert large is not None
    assert [3, 5, 8, 9] in [piece.lines.tolist() for piece in large.cut.pieces]
