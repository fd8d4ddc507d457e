"""FITS files of an observatory without candidates lead to the associations of its pool."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import run_main
from support.fits_files import write_fits
from support.small_telescope import POOL, write_nights

import asnforge

Members = dict[str, set[tuple[str, str]]]


def members(generation: asnforge.Generation) -> Members:
    return {
        association.products[0].name: {
            (Path(member.expname).name, member.exptype) for member in association.products[0].members
        }
        for association in generation
    }


@pytest.fixture(autouse=True)
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_nights(Path("nights"))


def test_headers_lead_to_the_associations_of_the_pool() -> None:
    expected = members(asnforge.generate(POOL, "ccd-observatory"))
    assert len(expected) == 14
    assert members(asnforge.generate("nights", "ccd-observatory")) == expected


def test_the_commands_process_the_whole_pool(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run_main(capsys, "generate", "nights", "--rules", "ccd-observatory", "-o", "out")
    assert (ran.status, len(ran.files)) == (0, 14)
    ran = run_main(capsys, "explain", "nights", "--rules", "ccd-observatory", "light_0014.fits")
    assert "none of the selected scopes" not in ran.stdout


@pytest.mark.parametrize("given", ["nights", "nights/", "./nights", "nights/*/*.fits"])
def test_a_header_that_cannot_be_read_is_reported_with_its_file(given: str) -> None:
    write_fits(Path("nights/more/bad_1.fits"), IMAGETYP="LIGHT", DATE__OBS="unknown", CCD__TEMP="cold")
    write_fits(Path("nights/more/bad_2.fits"), IMAGETYP="LIGHT", DATE__OBS="2026-10-14T21:00:00", CCD__TEMP="cool")
    one, two = (finding for finding in asnforge.generate(given, "ccd-observatory").findings if finding.code == "G130")
    assert (Path(one.file or ""), one.row) == (Path("nights/more/bad_1.fits"), None)
    assert one.message.startswith(
        "CCD-TEMP 'cold' and 'cool' cannot be read as a number in 2 files (bad_1.fits and bad_2.fits), so"
    )
    assert (Path(two.file or ""), two.row) == (Path("nights/more/bad_1.fits"), None)
    assert two.message.startswith("DATE-OBS 'unknown' cannot be read as a time, so it is undefined for the exposure")
