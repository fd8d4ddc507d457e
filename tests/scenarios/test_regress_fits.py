"""Suites whose pools are folders of FITS files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command import Ran, run_main

DOWNLOAD = Path(__file__).parents[2] / "data/download/mastDownload/JWST"
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Two programs, each in a folder, and a suite of both; the function runs a command."""
    for program in ("00103", "00106"):
        for folder in DOWNLOAD.glob(f"jw{program}*"):
            shutil.copytree(folder, tmp_path / "suite/programs" / program / folder.name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    write_suite("pool: 'programs/*/', expected: 'expected/{pool}'")
    return lambda *arguments: run_main(capsys, *arguments)


def write_suite(entry: str) -> None:
    Path("suite/suite.yaml").write_text(f"entries:\n- {{{entry}}}\n")


def test_each_folder_that_matches_is_a_pool(run: Run) -> None:
    assert run("regress", "suite/suite.yaml", "--accept").status == 0
    names = {path.relative_to("suite/expected").parts[0] for path in Path("suite/expected").rglob("*_asn.json")}
    assert names == {"00103", "00106"}
    again = run("regress", "suite/suite.yaml")
    assert (again.status, again.stdout.splitlines()[:2]) == (0, ["00103: 2 the same", "00106: 3 the same"])
    assert not Path("cache/headers.sqlite").exists()


def test_a_compact_file_is_expected_of_a_folder(run: Run) -> None:
    write_suite("pool: programs/00103, expected: '{pool}.yaml'")
    assert run("regress", "suite/suite.yaml", "--accept").status == 0
    assert run("regress", "suite/suite.yaml").status == 0
    members = Path("suite/00103.yaml").read_text(encoding="utf-8")
    assert "jw00103001001_02102_00001_nis_calints.fits" in members
    assert "programs" not in members


def test_a_changed_header_is_a_difference(run: Run) -> None:
    assert run("regress", "suite/suite.yaml", "--accept").status == 0
    for file in Path("suite/programs/00106").rglob("*.fits"):
        file.write_bytes(file.read_bytes().replace(b"'MIR_MRS ", b"'MIR_IMG "))
    result = run("regress", "suite/suite.yaml", "--only", "00106")
    assert result.status == 1

    assert result.stdout.splitlines()[0] == "00106: differs: 3 missing, 0 the same"


def test_the_source_of_candidates_is_part_of_the_entry(run: Run) -> None:
    write_suite("pool: programs/00103, expected: '{pool}', candidates: pool")
    result = run("regress", "suite/suite.yaml")
    assert result.status == 2
    assert "P125 there is no pool with these exposures among the files" in result.stderr


def test_candidates_of_a_table_are_refused(run: Run) -> None:
    Path("suite/night.tsv").write_text("FILENAME\tPROGRAM\na.fits\t1\n")
    write_suite("pool: night.tsv, expected: x, candidates: observations")
    result = run("regress", "suite/suite.yaml")
    assert result.status == 2
    assert "suite/suite.yaml:2:31: C120 'candidates' is for FITS files, and suite/night.tsv is a table; remove it" in (
        result.stderr
    )


def test_a_pattern_without_folders_is_reported(run: Run) -> None:
    write_suite("pool: 'nights/*/', expected: x")
    result = run("regress", "suite/suite.yaml")
    assert (result.status, result.stderr.splitlines()) == (
        2,
        ["suite/suite.yaml:2:10: C121 no pool matches 'nights/*/'"],
    )


@pytest.mark.parametrize("link", ["programs/00103/more", "programs/00103/x.fits"])
def test_links_to_files_outside_the_suite_are_refused(run: Run, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(next(DOWNLOAD.glob("jw00107*")), outside)
    target = outside if link.endswith("more") else next(outside.glob("*.fits"))
    Path("suite", link).symlink_to(target)
    result = run("regress", "suite/suite.yaml", "--only", "00103")
    assert result.status == 2
    assert f"suite/{link}: C124 is a link that leads outside the suite's folder" in result.stderr
    assert run("regress", "suite/suite.yaml", "--only", "00103", "--root", str(outside)).status == 1
