"""Association files are generated from pool files: folders, orphans, and failures that affect only one pool."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from support.observatory import pool_text, rule, ruleset

from asnforge.findings import InputError
from asnforge.generation.files import PoolRun, pool_stem, run_pools
from asnforge.generation.inputs import GenerateOptions

NIGHT = """
FILE    PROPOSAL CAMERA CANDIDATES
a_raw.f 7        red    o1/night
b_raw.f 7        red    .
c_raw.f .        red    .
"""
NAMES = ["p007-o1_stack_01_asn.json", "p007-z9_stack_01_asn.json"]
SETTINGS = GenerateOptions(ruleset())


@pytest.fixture(autouse=True)
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with two pools and a file that is not a pool."""
    monkeypatch.chdir(tmp_path)
    Path("one.tsv").write_text(pool_text(NIGHT))
    Path("two.csv.gz").write_bytes(gzip.compress(pool_text(NIGHT.replace("7 ", "8 "), "|").encode()))
    Path("none.tsv").write_text("nothing\n")


def run(*pools: str, settings: GenerateOptions = SETTINGS) -> list[PoolRun]:
    return list(run_pools(pools, Path("out"), settings))


def files() -> list[str]:
    return sorted(str(path.relative_to("out")) for path in Path("out").rglob("*") if path.is_file())


def test_one_pool_goes_to_the_folder_itself() -> None:
    (result,) = run("one.tsv")
    assert files() == NAMES
    assert (result.pool, result.folder, result.failed, result.findings) == ("one.tsv", Path("out"), False, ())
    assert result.written is not None
    assert result.written.paths == tuple(Path("out") / name for name in NAMES)
    assert result.seconds > 0


def test_each_of_several_pools_has_a_folder() -> None:
    run("one.tsv", "two.csv.gz")
    assert files() == [*(f"one/{name}" for name in NAMES), *(f"two/{name.replace('p007', 'p008')}" for name in NAMES)]


def test_a_pool_that_fails_does_not_affect_the_others() -> None:
    runs = run("none.tsv", "absent.tsv", "one.tsv")
    assert [(result.failed, [str(finding) for finding in result.findings]) for result in runs[1:]] == [
        (True, ["absent.tsv: P101 no such file"]),
        (False, []),
    ]
    assert (runs[0].failed, runs[0].generation, runs[0].written) == (True, None, None)
    assert files() == [f"one/{name}" for name in NAMES]


def test_progress_is_reported() -> None:
    reported: list[tuple[str, float]] = []
    list(
        run_pools(
            ["one.tsv", "none.tsv"],
            Path("out"),
            SETTINGS,
            lambda description, done: reported.append((description, done)),
        )
    )
    assert reported == [
        ("reading one.tsv", 0),
        ("grouping one.tsv", 0.3),
        ("writing one.tsv", 0.75),
        ("writing one.tsv", 1),
        ("reading none.tsv", 1),
    ]


def test_a_dry_run_writes_nothing() -> None:
    (result,) = run("one.tsv", settings=replace(SETTINGS, dry_run=True, orphans=Path("orphans.tsv")))
    assert result.written is None
    assert result.generation is not None
    assert [association.file_name for association in result.generation.associations] == NAMES
    assert not Path("out").exists()
    assert not Path("orphans.tsv").exists()


def test_a_dry_run_finds_names_that_could_not_be_written() -> None:
    bad = ruleset(rule(), keywords={"file_name": ".."})
    (result,) = run("one.tsv", settings=GenerateOptions(bad, dry_run=True))
    assert [(finding.code, finding.file) for finding in result.findings] == [("G110", "one.tsv")]


def test_orphans_can_be_read_as_a_pool() -> None:
    orphans = Path("new/folder/orphans.tsv")
    (result,) = run("one.tsv", settings=replace(SETTINGS, orphans=orphans))
    assert orphans.read_text() == "FILE\tPROPOSAL\tCAMERA\tCANDIDATES\nc_raw.f\t\tred\t\n"
    assert result.generation is not None
    assert result.generation.orphans == (4,)
    (again,) = run(str(orphans))
    assert again.generation is not None
    assert (again.generation.orphans, again.generation.exposures, again.failed) == ((2,), 1, False)


def test_orphans_of_several_pools_go_to_their_folders() -> None:
    run("one.tsv", "two.csv.gz", settings=replace(SETTINGS, orphans=Path("x/orphans.tsv")))
    assert [name for name in files() if not name.endswith(".json")] == ["one/orphans.tsv", "two/orphans.tsv"]
    assert Path("out/two/orphans.tsv").read_text().splitlines()[1] == "c_raw.f||red|"
    assert not Path("x").exists()


def test_a_second_run_changes_nothing_and_files_of_an_earlier_run_are_reported() -> None:
    assert run("one.tsv")[0].written.unchanged == 0  # type: ignore[union-attr]
    assert run("one.tsv")[0].written.unchanged == 2  # type: ignore[union-attr]
    Path("one.tsv").write_text(pool_text(NIGHT.replace("7 ", "9 ")))
    (third,) = run("one.tsv")
    assert [str(finding) for finding in third.findings] == [
        "out: G107 warning: the folder holds 2 other association files that this run did not write, "
        "p007-o1_stack_01_asn.json among them; remove what an earlier run left, or choose another folder"
    ]
    assert not third.failed


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        (("one.tsv", "one.tsv"), "one.tsv and one.tsv would both go to out/one"),
        (("one.tsv", "a/one.tsv.gz"), "one.tsv and a/one.tsv.gz would both go to out/one"),
        (("one.tsv", "two.csv.gz", "one"), "one.tsv and one would both go to out/one"),
        (("-", "stdin.tsv"), "- and stdin.tsv would both go to out/stdin"),
    ],
)
def test_pools_that_would_share_a_folder_are_refused_before_anything_is_done(
    pools: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError) as stop:
        run(*pools)
    assert str(stop.value) == f"G111 {message}; generate them in two runs, or rename one"
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("pool", "stem"),
    [
        ("data/x_pool.tsv", "x_pool"),
        ("x_pool.tsv.gz", "x_pool"),
        ("x.y.csv", "x.y"),
        ("x", "x"),
        ("-", "stdin"),
        (".tsv", ".tsv"),
        (".gz", ".gz"),
        ("a/..", ".."),
        ("/", ""),
        ("...tsv", "...tsv"),
        ("..tsv.gz", "..tsv.gz"),
        ("", ""),
    ],
)
def test_the_stem_of_a_pool_is_its_name_without_folder_and_extension(pool: str, stem: str) -> None:
    assert pool_stem(pool) == stem


@pytest.mark.parametrize("pool", ["..", "/", "a/..", ".", ""])
def test_a_path_that_is_not_a_file_creates_no_folder(pool: str) -> None:
    runs = run("one.tsv", pool)
    assert [result.failed for result in runs] == [False, True]
    assert sorted(path.name for path in Path().iterdir()) == ["none.tsv", "one.tsv", "out", "two.csv.gz"]
    assert files() == [f"one/{name}" for name in NAMES]
