"""Files that cannot be used next to good ones: each is counted or reported with its name, and the good ones are used."""

from __future__ import annotations

import errno
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from support.command import run_main
from support.fits_files import header_bytes, write_fits

from asnforge.fitsfiles import cards

GOOD = {
    "PROGRAM": "00701",
    "OBSERVTN": "001",
    "EXP_TYPE": "MIR_IMAGE",
    "INSTRUME": "MIRI",
    "DETECTOR": "MIRIMAGE",
    "FILTER": "F770W",
    "SUBARRAY": "FULL",
    "TARGPROP": "STAR",
    "VISITYPE": "PRIME_TARGETED_FIXED",
}
ROOT = "jw00701001001_02101_00002_mirimage"
NIGHT = Path("night")
Write = Callable[[], object]


def put(name: str, data: bytes) -> Write:
    return lambda: NIGHT.joinpath(name).write_bytes(data)


def header(name: str, **cards: str) -> Write:
    return lambda: write_fits(NIGHT / name, **{"FILENAME": name, **GOOD, **cards})


def without(name: str, keyword: str) -> Write:
    return lambda: write_fits(NIGHT / name, **{key: value for key, value in GOOD.items() if key != keyword})


def loop() -> None:
    (NIGHT / "again").symlink_to(NIGHT.resolve())


CARDS = header_bytes(**GOOD)


@pytest.mark.parametrize(
    ("write", "reported"),
    [
        (put(f"{ROOT}_cal.fits", CARDS[:100]), "P122"),
        (put(f"{ROOT}_cal.fits", CARDS[:2000]), "P122"),
        (put(f"{ROOT}_cal.fits", b""), "P122"),
        (put(f"{ROOT}_cal.fits", b"<html>404</html>"), "P122"),
        (put(f"{ROOT}_cal.fits", b"\0" * 2880), "P122"),
        (put(f"{ROOT}_cal.fits.gz", gzip.compress(CARDS)[:-40]), "P122"),
        (put(f"{ROOT}_cal.fits.gz", gzip.compress(CARDS)[:10]), "P122"),
        (put(f"{ROOT}_cal.fits.gz", b"not compressed"), "P122"),
        (without(f"{ROOT}_cal.fits", "EXP_TYPE"), "files without EXP_TYPE (1)"),
        (header("jw00701001001_01_msa.fits"), "MSA metadata files (1)"),
        (header("mine_flat.fits", REFTYPE="FLAT"), "reference files (1)"),
        (header("jw00701001001_gs-fg_2026001000000_cal.fits"), "guide star files (1)"),
        (header("jw00701-o001_t001_miri_f770w_i2d.fits"), "products of several exposures (1)"),
        (loop, ""),
        (put("preview.jpg", b"\xff\xd8"), ""),
        (put("notes with spaces.txt", b""), ""),
        (lambda: NIGHT.joinpath("gone.fits").symlink_to("nowhere.fits"), "gone.fits"),
        (lambda: NIGHT.joinpath("itself.fits").symlink_to("itself.fits"), "itself.fits"),
        (put(f"{ROOT}_cal.fts", b"short"), "P122"),
        (header("mine_flat.FIT", REFTYPE="FLAT"), "reference files (1)"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_and_the_others_are_used(
    write: Write, reported: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    good = "jw00701001001_02101_00001_mirimage_cal.fits"
    NIGHT.mkdir()
    header(good)()
    write()
    result = run_main(capsys, "generate", "night", "-o", "out")
    assert (result.status, [path.name for path in Path("out").iterdir()]) == (0, ["jw00701-o001_image3_00001_asn.json"])
    assert reported in result.stdout + result.stderr
    assert good in Path("out/jw00701-o001_image3_00001_asn.json").read_text("utf-8")
    assert ROOT not in Path("out/jw00701-o001_image3_00001_asn.json").read_text("utf-8")


def test_a_file_that_the_system_refuses_to_open_is_reported_and_the_others_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refusing(path: str, mode: str) -> IO[bytes]:
        if path.endswith("_mirimage_cal.fits") and "00002" in path:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return Path(path).open(mode)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cards, "open", refusing, raising=False)
    NIGHT.mkdir()
    good = "jw00701001001_02101_00001_mirimage_cal.fits"
    header(good)()
    header(f"{ROOT}_cal.fits")()
    result = run_main(capsys, "generate", "night", "-o", "out")
    assert result.status == 0
    assert f"night/{ROOT}_cal.fits: P122 warning: the file cannot be used: permission denied" in result.stderr
    assert "not used: unreadable files (1)" in result.stderr
    (product,) = json.loads(Path("out/jw00701-o001_image3_00001_asn.json").read_text("utf-8"))["products"]
    assert [member["expname"] for member in product["members"]] == [f"../night/{good}"]


def test_ten_thousand_other_files_in_a_folder_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    NIGHT.mkdir()
    header("jw00701001001_02101_00001_mirimage_cal.fits")()
    for number in range(10_000):
        NIGHT.joinpath(f"jw00701001001_02101_{number:05d}_mirimage_cal.jpg").touch()
    result = run_main(capsys, "generate", "night", "-o", "out")
    assert (result.status, len(list(Path("out").iterdir()))) == (0, 1)
    assert ".jpg" not in result.stdout + result.stderr


@pytest.mark.parametrize("ending", [".fit", ".fts", ".FIT", ".fit.gz", ".FTS.GZ"])
def test_files_of_other_endings_are_exposures_too(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    NIGHT.mkdir()
    header(f"{ROOT}_cal{ending}")()
    assert run_main(capsys, "generate", "night", "-o", "out").status == 0
    (product,) = json.loads(Path("out/jw00701-o001_image3_00001_asn.json").read_text("utf-8"))["products"]
    assert [member["expname"] for member in product["members"]] == [f"../night/{ROOT}_cal{ending}"]


@pytest.mark.parametrize("folder", ["a b", "line\nbreak", "[x]", "ö"])
def test_names_of_folders_are_used_as_they_are(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    Path("night", folder).mkdir(parents=True)
    write_fits(Path("night", folder, f"{ROOT}_cal.fits"), **GOOD)
    result = run_main(capsys, "generate", "night", "-o", "out")
    assert (result.status, len(list(Path("out").iterdir()))) == (0, 1)
    assert "\nbreak" not in result.stderr
