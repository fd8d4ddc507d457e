"""Names are absolute for workers elsewhere, and in findings they are as the user gave them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from asnforge.batch.executors import Failed
from asnforge.batch.naming import Naming
from asnforge.batch.tasks import Look, Made, Survey, Surveyed, Unit
from asnforge.findings import Finding, InputError
from asnforge.pool import read_pool


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "night1.tsv").write_text("FILE\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "job", [Survey("night1.tsv", claims=False), Look("night1.tsv", 0, 5), Unit("night1.tsv", "night1", None)]
)
def test_every_job_finds_its_pool_from_anywhere(job: Survey | Look | Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    absolute = Naming(Path("out")).absolute(job)
    monkeypatch.chdir("/")
    assert Path(absolute.path).read_text() == "FILE\n"
    assert replace(absolute, path=job.path).path == job.path


def test_the_output_folder(here: Path) -> None:
    assert Naming(Path("out")).output == here / "out"
    assert Naming(Path("/elsewhere")).output == Path("/elsewhere")


@pytest.mark.parametrize("name", ["night2.tsv", "./night2.tsv", "../night2.tsv", "no/night2.tsv", "{}/night2.tsv"])
def test_what_is_found_has_the_name_as_given(name: str, here: Path) -> None:
    name = name.format(here)
    naming = Naming(Path("out"))

    def refused(path: str) -> Failed:
        with pytest.raises(InputError) as stop:
            read_pool(path)
        return Failed(stop.value.findings)

    absolute = naming.absolute(Survey(name, claims=False)).path
    assert naming.as_given(refused(absolute)) == refused(name)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("out", "out"),
        ("out", "out/night1/a_asn.json"),
        (".", "./a_asn.json"),
        ("../out", "../out/a_asn.json"),
        ("/elsewhere", "/elsewhere/a_asn.json"),
        ("out", "/elsewhere/a_asn.json"),
    ],
)
def test_files_that_cannot_be_written(given: str, found: str, here: Path) -> None:
    absolute = Finding("A190", "no space", str(here) + found.removeprefix(".") if given == "." else str(here / found))
    assert Naming(Path(given)).as_given(Made(findings=(absolute,))) == Made(findings=(replace(absolute, file=found),))


def test_what_has_no_findings_stays() -> None:
    for outcome in (Surveyed("0", None), Made()):
        assert Naming(Path("out")).as_given(outcome) is outcome
