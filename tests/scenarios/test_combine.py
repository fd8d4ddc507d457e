"""Images of one field by two programs: one mosaic on request, and what the command line says about wrong requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command import Ran, run_main
from support.fits_files import write_fits

Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line next to a folder with images of two programs, which number the target differently."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    for program, observation, target in (("01701", 1, "STAR"), ("01701", 2, "M-51"), ("01802", 7, "M-51")):
        root = f"jw{program}{observation:03}001_02101_00001_mirimage"
        write_fits(
            Path("night", f"{root}_cal.fits"),
            FILENAME=f"{root}_cal.fits",
            PROGRAM=program,
            OBSERVTN=f"{observation:03}",
            EXP_TYPE="MIR_IMAGE",
            INSTRUME="MIRI",
            DETECTOR="MIRIMAGE",
            FILTER="F770W",
            SUBARRAY="FULL",
            TARGPROP=target,
            TARG_RA=202.5 if target == "M-51" else 10.0,
            TARG_DEC=47.2,
            VISITYPE="PRIME_TARGETED_FIXED",
        )
    return lambda *arguments: run_main(capsys, *arguments)


def associations(folder: str) -> dict[str, tuple[str, int]]:
    """The product and the number of members of each association file, by the file's name."""
    contents = {path.name: json.loads(path.read_text("utf-8")) for path in Path(folder).rglob("*_asn.json")}
    return {
        name: (content["products"][0]["name"], len(content["products"][0]["members"]))
        for name, content in contents.items()
    }


@pytest.mark.parametrize("command", ["generate", "batch"])
def test_programs_are_combined_where_the_names_of_their_targets_are_equal(run: Run, command: str) -> None:
    assert run(command, "night", "-o", "out", "--combine", "program", "--only", "Asn_Lv3Image").status == 0
    assert associations("out") == {
        "jw01701-01802-a3001_image3_00001_asn.json": ("jw01701-01802-a3001_tm-51_miri_f770w", 2),
        "jw01701-a3001_image3_00001_asn.json": ("jw01701-a3001_tstar_miri_f770w", 1),
    }


@pytest.mark.parametrize("command", ["generate", "batch"])
def test_targets_are_combined_and_products_have_the_name_of_the_option(run: Run, command: str) -> None:
    options = ("--combine", "program", "--combine", "target", "--product", "deep_{optical_elements}")
    assert run(command, "night", "-o", "out", *options).status == 0
    assert associations("out") == {"jw01701-01802-a3001_image3_00001_asn.json": ("deep_f770w", 3)}


def test_explain_says_where_a_combined_exposure_is(run: Run) -> None:
    result = run("explain", "night", "jw01802007001_02101_00001_mirimage_cal.fits", "--combine", "program")
    assert "science in jw01701-01802-a3001_image3_00001_asn.json" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--combine", "programs"],
            "G128 jwst-stage3 does not say how to combine by 'programs'; did you mean program?",
        ),
        (
            ["--combine", "program", "--all-candidates"],
            "Error: --combine joins exposures of several candidates: leave out --all-candidates.",
        ),
        (["--product", "deep_{filter}"], "--product:1:6: G129 undefined name part 'filter'; "),
    ],
)
@pytest.mark.parametrize("command", ["generate", "batch"])
def test_wrong_options_are_errors_before_anything_is_written(
    run: Run, command: str, options: list[str], message: str
) -> None:
    result = run(command, "night", "-o", "out", *options)
    assert (result.status, message in result.stderr, Path("out").exists()) == (2, True, False)
