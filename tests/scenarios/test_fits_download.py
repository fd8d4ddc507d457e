"""From a download of FITS files to associations whose members are where a pipeline looks for them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.command import Ran, run_main

DATA = Path(__file__).parents[2] / "data"
BACKGROUND = "out/jw00106-c1000_spec3_00001_asn.json"
Run = Callable[..., Ran]
MISSING = "jw00106002001_02101_00002_mirifulong_x1d.fits"


@pytest.fixture(autouse=True)
def download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the sample download, in the current folder."""
    shutil.copytree(DATA / "download", tmp_path / "download")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command line."""
    return lambda *arguments: run_main(capsys, *arguments)


def members(file: str = BACKGROUND) -> Iterator[tuple[str, str]]:
    for product in json.loads(Path(file).read_text(encoding="utf-8"))["products"]:
        for member in product["members"]:
            yield member["expname"], member["exptype"]


def test_every_member_that_exists_is_a_path_from_the_association(run: Run) -> None:
    assert run("generate", "download", "-o", "out").status == 0
    files = sorted(Path("out").glob("*_asn.json"))
    assert len(files) == 12
    for file in files:
        for expname, _ in members(str(file)):
            assert (file.parent / expname).is_file() == (Path(expname).name != MISSING)


def test_what_is_printed(run: Run) -> None:
    result = run("generate", "download", "-o", "out")
    archive = "the archive serves jw00{}_20261101t000000_pool.csv, which has the proposer's choice"
    assert result.stderr.splitlines() == [
        "jw00106-c1000_spec3_00001_asn.json: G123 warning: needs jw00106002001_02101_00002_mirifulong_x1d.fits (background), "
        "which is not among the files; there is jw00106002001_02101_00002_mirifulong_cal.fits; run calwebb_spec2 first",
        "P127 warning: program 101: guessed mosaic candidate c1000: TARN-NEBULA (observations 1, 2): less than 0.1 degrees "
        f"apart; {archive.format(101)}",
        "P127 warning: program 103: guessed ami candidate c1000: TWIN-SPARK (observation 1) with PLAIN-STAR (observation 2): "
        f"the only supporting target; {archive.format(103)}",
        "P127 warning: program 106: guessed background candidate c1000: RUST-NUCLEUS (observation 1) with RUST-NUCLEUS-SKY "
        f"(observation 2): the only supporting target; {archive.format(106)}",
        "35 exposures in 38 FITS files",
        "program 101: each observation is its own candidate; 1 more candidate guessed",
        "program 103: each observation is its own candidate; 1 more candidate guessed",
        "program 106: each observation is its own candidate; 1 more candidate guessed",
        "program 107: each observation is its own candidate",
    ]
    assert "strun calwebb_spec3 out/jw00106-c1000_spec3_00001_asn.json" in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("option", "folder"),
    [
        ((), "../download/mastDownload/JWST/jw00106001001_02102_00001_mirifulong"),
        (("--absolute",), "{here}/download/mastDownload/JWST/jw00106001001_02102_00001_mirifulong"),
        (("--bare",), ""),
    ],
)
def test_the_form_of_a_members_name(run: Run, option: tuple[str, ...], folder: str, tmp_path: Path) -> None:
    run("generate", "download", "-o", "out", *option)
    path = os.path.join(folder.format(here=tmp_path), "jw00106001001_02102_00001_mirifulong_cal.fits")  # noqa: PTH118
    assert (path, "science") in set(members())


def test_members_without_files_are_left_out_on_request(run: Run) -> None:
    result = run("generate", "download", "-o", "out", "--present-only")
    assert result.status == 0
    assert len(list(members())) == 7
    assert MISSING not in {Path(expname).name for expname, _ in members()}


def test_own_products_are_used_in_place_of_calibrated_ones(run: Run) -> None:
    cal = next(Path("download").rglob("jw00106001001_02102_00001_mirifulong_cal.fits"))
    own = cal.with_name("jw00106001001_02102_00001_mirifulong_destreak.fits")
    shutil.copy(cal, own)
    run("generate", "download", "-o", "out", "--suffix", "destreak", "--bare")
    names = {expname for expname, exptype in members() if exptype == "science"}
    assert own.name in names
    assert cal.name not in names
    assert "jw00106001001_02102_00001_mirifushort_cal.fits" in names


def test_a_missing_science_file_is_an_error_and_the_rest_is_written(run: Run) -> None:
    for path in Path("download").rglob("jw00106001001_02102_00001_mirifulong_cal.fits"):
        path.rename(path.with_name(path.name.replace("_cal", "_rate")))
    result = run("generate", "download", "-o", "out")
    assert result.status == 2
    assert (
        "jw00106-c1000_spec3_00001_asn.json: G123 needs jw00106001001_02102_00001_mirifulong_cal.fits (science), which is not "
        "among the files; there is jw00106001001_02102_00001_mirifulong_rate.fits (in 2 associations); run calwebb_image2 or "
        "calwebb_spec2 first"
    ) in result.stderr.splitlines()
    assert len(list(Path("out").glob("*_asn.json"))) == 12


def test_the_archives_pool_is_joined_to_the_files(run: Run) -> None:
    shutil.copy(DATA / "miri_mrs_pool.tsv", "jw00106_pool.tsv")
    result = run("generate", "jw00106_pool.tsv", "--files", "download", "-o", "out")
    assert result.status == 0
    assert "program 106: rows and candidates from the archive's pool; 37 rows of the pool have no file" in result.stderr
    assert len(list(members())) == 8


def test_excluded_files_are_not_used(run: Run) -> None:
    Path("list.txt").write_text("# not these\n*_x1d.fits\n", encoding="utf-8")
    result = run("generate", "download", "-o", "out", "--exclude", "@list.txt", "--exclude", "jw00101*")
    assert "program 101" not in result.stderr
    assert "27 exposures in 27 FITS files" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generate", "downlaod"), "P101 no such file"),
        (("generate", "downlaod/*.fits"), "P120 no file matches downlaod/*.fits"),
        (
            ("generate", "pool.tsv", "--bare"),
            "--bare is for FITS files: give some, or the folder of them with --files.",
        ),
        (
            ("generate", "download", "--bare", "--absolute"),
            "--absolute and --bare exclude each other: give one of them.",
        ),
        (
            ("generate", "download", "--rules", "longslit-example", "--ignore-default"),
            "P102 it is a folder, not a pool",
        ),
    ],
)
def test_what_cannot_be_done_says_why(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert message in result.stderr


ROOT = "jw00106001001_02102_00001_mirifulong"


@pytest.mark.parametrize("name", [ROOT, f"{ROOT}_cal.fits", f"download/mastDownload/JWST/{ROOT}/{ROOT}_cal.fits", "19"])
def test_an_exposure_is_explained_by_the_name_of_any_of_its_files(run: Run, name: str) -> None:
    lines = run("explain", "download", name).stdout.splitlines()
    assert lines[0] == f"row 19, {ROOT}_uncal.fits: in 2 associations"
    assert lines[1] == "    scopes: c1000 (background), o001 (observation)"


def test_a_renamed_file_is_explained_by_its_name(run: Run) -> None:
    file = Path("download/mastDownload/JWST", ROOT, f"{ROOT}_cal.fits")
    file.rename(file.with_name("mine.fits"))
    assert run("explain", "download", "mine.fits").stdout.startswith(f"row 19, {ROOT}_uncal.fits: in 2 associations")


def test_several_files_are_one_pool_to_explain(run: Run) -> None:
    files = sorted(Path("download").glob("**/jw00106001001*_cal.fits"))
    lines = run("explain", *map(str, files)).stdout.splitlines()
    assert len(lines) == 4
    assert lines[0] == "1  jw00106001001_02102_00001_mirifulong_uncal.fits   jw00106-o001_spec3_00001_asn.json"


def test_files_can_be_excluded_from_explanations(run: Run) -> None:
    result = run(
        "explain", "download", "--orphans", "--exclude", "jw00103002*", "--candidates", "observations", "--json"
    )
    assert [entry["reason"] for entry in json.loads(result.stdout)] == [
        "selected by Asn_Lv3AMI, but the group has no psf member",
        "attached by Asn_Lv3AMI, but the group has no psf member",
    ]


def test_options_for_fits_files_are_rejected_with_a_table(run: Run) -> None:
    assert run("pool", "make", "download", "-o", "pool.tsv").status == 0
    result = run("explain", "pool.tsv", "--no-cache")
    assert result.stderr.splitlines()[-1].endswith(
        "--no-cache is for FITS files: give some, or the folder of them with --files."
    )


def test_exposures_are_selected_before_rules_are_applied(run: Run) -> None:
    run("generate", "download", "-o", "out", "--where", "PROGRAM=106", "--where", "OBS_NUM=1")
    assert [path.name for path in Path("out").iterdir()] == ["jw00106-o001_spec3_00001_asn.json"]
    run("batch", "download", "-o", "batch", "--where", "PROGRAM=106", "--where", "OBS_NUM=1", "--jobs", "2")
    assert [path.name for path in Path("batch/download").iterdir()] == ["jw00106-o001_spec3_00001_asn.json"]
    assert run("pool", "make", "download", "-o", "pool.tsv", "--where", "INSTRUME=niriss").status == 0
    assert len(Path("pool.tsv").read_text(encoding="utf-8").splitlines()) == 11
    shown = run("pool", "show", "pool.tsv", "--where", "FILTER!=F380M", "--where", "PNTGTYPE=SCIENCE").stdout
    assert [line for line in shown.splitlines() if line.startswith("setup")] == ["setup 1: 4 exposures"]
    explained = run("explain", "pool.tsv", "--where", "FILTER=F380M", "--orphans")
    assert explained.stdout == "no orphans: every exposure is in an association\n"


def test_a_pool_is_checked_like_an_association(run: Run) -> None:
    assert run("pool", "make", "download", "-o", "pool.tsv").status == 0
    clean = run("pool", "check", "pool.tsv")
    assert (clean.status, clean.stderr) == (0, "1 pool with 35 exposures checked, no findings\n")
    text = Path("pool.tsv").read_text(encoding="utf-8")
    Path("pool.tsv").write_text(text.replace("NRC_IMAGE", "NRC_IMGAE", 2), encoding="utf-8")
    result = run("pool", "check", "pool.tsv", "gone.tsv", "--json")
    report = json.loads(result.stdout)
    assert (result.status, report["exposures"]) == (2, 35)
    assert [(finding["code"], finding["line"]) for finding in report["findings"]] == [
        ("P132", 2),
        ("P133", 2),
        ("P101", None),
    ]
    assert run("pool", "check", "pool.tsv").status == 1


def test_fits_files_are_checked_like_a_pool(run: Run) -> None:
    result = run("pool", "check", "download", "--candidates", "guess", "--where", "PROGRAM!=101")
    assert result.status == 1
    assert "1 pool with 27 exposures checked, 2 findings" in result.stderr


def test_a_missing_acquisition_is_a_warning_as_the_pipeline_does_not_read_it(run: Run) -> None:
    cal = next(Path("download").rglob("jw00107001001_02101_00001_nrs1_cal.fits"))
    cal.rename(cal.with_name(cal.name.replace("_cal", "_rate")))
    result = run("generate", "download", "-o", "out")
    assert result.status == 0
    assert (
        f"jw00107-o001_spec3_00001_asn.json: A133 warning: has {cal.name} (target_acquisition), which is not among the files, "
        f"but calwebb_spec3 does not read it; there is {cal.name.replace('_cal', '_rate')}"
    ) in result.stderr.splitlines()
    assert run("generate", "download", "-o", "out", "--present-only").status == 0
    names = {Path(expname).name for expname, _ in members("out/jw00107-o001_spec3_00001_asn.json")}
    assert cal.name not in names
