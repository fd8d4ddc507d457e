"""From files of a download to an association by hand, on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command import Ran, run_main

DATA = Path(__file__).parents[2] / "data"
Run = Callable[..., Ran]
CAL = "download/mastDownload/JWST/{0}/{0}_cal.fits"
MRS = [CAL.format(f"jw00106001001_02102_0000{number}_mirifulong") for number in (1, 2)]
SKY = CAL.format("jw00106002001_02101_00001_mirifulong")


@pytest.fixture(autouse=True)
def download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the sample download, in the current folder."""
    shutil.copytree(DATA / "download", tmp_path / "download")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line."""
    return lambda *arguments: run_main(capsys, *arguments)


def members(file: str) -> list[tuple[str, str]]:
    (product,) = json.loads(Path(file).read_text(encoding="utf-8"))["products"]
    return [(member["expname"], member["exptype"]) for member in product["members"]]


def test_a_background_is_the_extracted_spectrum_next_to_the_given_file(run: Run) -> None:
    result = run("new", *MRS, "--background", SKY, "-o", "my asn/sky_asn.json")
    assert (result.status, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "my asn/sky_asn.json: jw00106-a3001_t001_miri, 2 science and 1 background members (Asn_Lv3MIRMRS, spec3)",
        "strun calwebb_spec3 'my asn/sky_asn.json'",
    ]
    assert members("my asn/sky_asn.json") == [
        *((f"../{path}", "science") for path in MRS),
        (f"../{SKY.replace('_cal', '_x1d')}", "background"),
    ]
    assert run("validate", "my asn", "--members").status == 0


def test_references_of_a_star(run: Run) -> None:
    stars = [f"download/mastDownload/JWST/jw0010300{number}001_02102_*_nis/*_calints.fits" for number in (1, 2)]
    result = run("new", stars[0], "--psf", stars[1], "-o", "ami_asn.json", "--bare")
    assert (result.status, result.stderr) == (0, "")
    assert [exptype for _, exptype in members("ami_asn.json")] == ["science", "science", "psf", "psf"]
    assert run("new", stars[0], "-o", "ami_asn.json").stderr == (
        "A141 warning: for Asn_Lv3AMI, the association has no psf member\n"
    )


def test_filters_are_split(run: Run) -> None:
    images = "download/mastDownload/JWST/jw00101001001*/*_cal.fits"
    result = run("new", images, "-o", "x_asn.json")
    assert result.status == 2
    assert "; --split FILTER makes an association of each; " in result.stderr
    assert not Path("x_asn.json").exists()
    assert run("new", images, "-o", "x_asn.json", "--split", "filter, pupil").status == 0
    assert sorted(path.name for path in Path().glob("*_asn.json")) == [
        "x_f150w-clear_asn.json",
        "x_f356w-clear_asn.json",
    ]


def test_either_all_associations_of_a_split_are_written_or_none(run: Run) -> None:
    Path("x_f356w_asn.json").write_text("a list of filters")
    result = run("new", "download/mastDownload/JWST/jw00101001001*/*_cal.fits", "-o", "x_asn.json", "--split", "FILTER")
    assert result.status == 2
    assert "x_f356w_asn.json: A142 " in result.stderr
    assert not Path("x_f150w_asn.json").exists()


def test_a_background_among_science_exposures_is_reported(run: Run) -> None:
    result = run("new", MRS[0], SKY, "-o", "out/")
    assert result.status == 0
    assert result.stderr.splitlines() == [
        f"{SKY}: A143 warning: it is given as science, and its header says background; give it with --background PATH",
        f"{MRS[0]}: A137 warning: the science exposures differ in TARGETID (1: 1, 2: 1)",
    ]
    assert Path("out/jw00106-a3001_t000_miri_asn.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            [MRS[0], "-o", MRS[1]],
            f"{MRS[1]}: A142 the file is not an association and would be replaced; choose another file",
        ),
        ([MRS[0], "-o", ""], "--output is empty: give a value."),
        (
            [MRS[0], "-o", "x_asn.json", "--bare", "--absolute"],
            "--absolute and --bare exclude each other: give one of them.",
        ),
        (
            [MRS[0], "-o", "x_asn.json", "--member", SKY],
            f"--member {SKY}: give an exptype and a path, as in target_acquisition=a_cal.fits.",
        ),
        (
            ["download/mastDownload/JWST/jw00107001001_0210[1-2]*", "-o", "x_asn.json"],
            "its header says target_acquisition, so give it with --member target_acquisition=PATH",
        ),
    ],
)
def test_what_cannot_be_made_says_why_and_writes_nothing(run: Run, arguments: list[str], message: str) -> None:
    before = sorted(Path().rglob("*"))
    content = Path(MRS[1]).read_bytes()
    result = run("new", *arguments)
    assert result.status == 2
    assert message in result.stderr
    assert [path for path in sorted(Path().rglob("*")) if "cache" not in path.parts] == before
    assert Path(MRS[1]).read_bytes() == content
