"""Files that cannot be used next to good ones: each is counted or reported with its name, and the good ones are used."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command import run_main
from support.fits_files import header_bytes, write_fits

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
        (without(f"{ROOT}_cal.fits", "EXP_TYPE"), "1 files without EXP_TYPE"),
        (header("jw00701001001_01_msa.fits"), "1 MSA metadata files"),
        (header("mine_flat.fits", REFTYPE="FLAT"), "1 reference files"),
        (header("jw00701001001_gs-fg_2026001000000_cal.fits"), "1 guide star files"),
        (header("jw00701-o001_t001_miri_f770w_i2d.fits"), "1 products of several exposures"),
        (loop, ""),
        (put("preview.jpg", b"\xff\xd8"), ""),
        (put("notes with spaces.txt", b""), ""),
        (lambda: NIGHT.joinpath("gone.fits").symlink_to("nowhere.fits"), "gone.fits"),
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
