"""A batch of FITS files gives what ``generate`` gives, however it runs, and repeats no work without need."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.batches import files
from support.command import Ran, run_main

DATA = Path(__file__).parents[2] / "data"
Run = Callable[..., Ran]
PROGRAMS = ("00103", "00106")
MISSING = "jw00106002001_02101_00002_mirifulong_x1d.fits"


@pytest.fixture(autouse=True)
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs of the sample download, each in a folder of its own."""
    for program in PROGRAMS:
        for folder in (DATA / "download" / "mastDownload" / "JWST").glob(f"jw{program}*"):
            shutil.copytree(folder, tmp_path / program / folder.name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line."""
    return lambda *arguments: run_main(capsys, *arguments)


def statuses() -> list[str]:
    lines = Path("out/manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["status"] for line in lines]


def test_files_are_those_of_generate_with_any_number_of_processes(run: Run) -> None:
    for program in PROGRAMS:
        run("generate", program, "-o", f"generated/{program}")
    run("batch", *PROGRAMS, "-o", "one")
    run("batch", *reversed(PROGRAMS), "-o", "two", "--jobs", "2")
    run("batch", "0*", "-o", "pattern")
    assert len(files(Path("generated"))) == 5
    assert files(Path("one")) == files(Path("two")) == files(Path("pattern")) == files(Path("generated"))


@pytest.mark.parametrize("layout", ["flat", "program", "pool"])
def test_members_are_where_each_layout_looks_for_them(run: Run, layout: str) -> None:
    assert run("batch", *PROGRAMS, "-o", "out", "--layout", layout).status == 0
    found = sorted(Path("out").rglob("*_asn.json"))
    assert len(found) == 5
    for file in found:
        for product in json.loads(file.read_text(encoding="utf-8"))["products"]:
            for member in product["members"]:
                path = file.parent / member["expname"]
                assert path.is_file() == (path.name != MISSING)


def test_members_are_found_from_an_extracted_archive(run: Run) -> None:
    assert run("batch", *PROGRAMS, "--archive", "all.tar").status == 0
    file = Path("00103/jw00103-c1000_ami3_00001_asn.json")
    with tarfile.open("all.tar") as archive:
        document = archive.extractfile(file.as_posix())
        assert document is not None
        members = json.load(document)["products"][0]["members"]
    for member in members:
        assert Path(os.path.normpath(file.parent / member["expname"])).is_file()


def test_one_pool_joins_all_folders(run: Run) -> None:
    run("batch", *PROGRAMS, "-o", "out", "--one-pool")
    run("generate", *PROGRAMS, "-o", f"generated/{Path.cwd().name}")
    assert files(Path("out")) == files(Path("generated"))


def edit() -> None:
    file = next(Path("00106").rglob("*_cal.fits"))
    file.write_bytes(file.read_bytes().replace(b"RUST-NUCLEUS", b"DUST-NUCLEUS"))


def remove() -> None:
    next(Path("00106").rglob("*_cal.fits")).unlink()


def add() -> None:
    file = next(Path("00106").rglob("*_cal.fits"))
    shutil.copy(file, file.with_name(file.name.replace("_cal", "_x1d")))


@pytest.mark.parametrize(
    ("change", "options", "skipped"),
    [
        (lambda: None, (), ["00103", "00106"]),
        (lambda: os.utime(next(Path("00106").rglob("*.fits")), (0, 0)), (), ["00103", "00106"]),
        (lambda: Path("00106/preview.jpg").touch(), (), ["00103", "00106"]),
        (edit, (), ["00103"]),
        (remove, (), ["00103"]),
        (add, (), ["00103"]),
        (lambda: None, ("--candidates", "observations"), []),
        (lambda: None, ("--absolute",), []),
        (lambda: next(Path("out/00103").iterdir()).unlink(), (), ["00106"]),
    ],
    ids=["nothing", "time", "preview", "header", "removed", "added", "candidates", "absolute", "output"],
)
def test_pools_whose_headers_are_the_same_are_skipped(
    run: Run, change: Callable[[], None], options: tuple[str, ...], skipped: list[str]
) -> None:
    run("batch", *PROGRAMS, "-o", "out")
    change()
    result = run("batch", *PROGRAMS, "-o", "out", "--json", *options)
    assert [pool["pool"] for pool in json.loads(result.stdout)["pools"] if pool["skipped"]] == skipped
    assert statuses() == ["done", "done"]


def test_unchanged_files_keep_their_time_and_stale_files_are_removed(run: Run) -> None:
    run("batch", *PROGRAMS, "-o", "out")
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*_asn.json")}
    for file in Path("00106").rglob("*00106002001*"):
        if file.is_file():
            file.unlink()
    run("batch", *PROGRAMS, "-o", "out")
    after = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*_asn.json")}
    assert sorted(path.name for path in before.keys() - after.keys()) == [
        "jw00106-c1000_spec3_00001_asn.json",
        "jw00106-o002_spec3_00001_asn.json",
    ]
    assert all(before[path] == time for path, time in after.items() if path.parent.name == "00103")


def test_a_folder_without_exposures_fails_alone(run: Run) -> None:
    Path("empty").mkdir()
    Path("empty/x_i2d.fits").write_bytes(b"not FITS")
    result = run("batch", *PROGRAMS, "empty", "-o", "out")
    assert result.status == 2
    assert statuses() == ["done", "done", "failed"]


def test_options_for_fits_files_are_rejected_without_them(run: Run) -> None:
    run("pool", "make", "00103", "-o", "night.tsv")
    result = run("batch", "night.tsv", "-o", "out", "--one-pool")
    assert result.status == 2
    assert "--one-pool is for FITS files" in result.stderr
