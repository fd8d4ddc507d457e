"""Headers of many files, and the cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.fits_files import write_fits

from asnforge.fitsfiles import read_headers as module
from asnforge.fitsfiles.cards import HeaderCards, read_cards
from asnforge.fitsfiles.header_cache import cache_file
from asnforge.fitsfiles.read_headers import read_headers


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read from the disk, with the cache in a folder of its own."""
    read: list[str] = []

    def recorded(path: str, keywords: object) -> HeaderCards:
        read.append(Path(path).name)
        return read_cards(path, keywords)  # type: ignore[arg-type]

    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "read_cards", recorded)
    return read


def test_a_header_is_read_once(tmp_path: Path, reads: list[str]) -> None:
    paths = [str(write_fits(tmp_path / name, MODE=name)) for name in ("a.fits", "b.fits")]
    first = read_headers(paths, ["MODE"])
    second = read_headers(paths, ["MODE"])
    assert first == second == {path: HeaderCards({"MODE": Path(path).name}) for path in paths}
    assert sorted(reads) == ["a.fits", "b.fits"]


@pytest.mark.parametrize("change", ["size", "time"])
def test_a_file_that_has_changed_is_read_again(tmp_path: Path, reads: list[str], change: str) -> None:
    path = write_fits(tmp_path / "a.fits", MODE="OLD")
    read_headers([str(path)], ["MODE"])
    status = path.stat()
    filler = {f"K{number}": number for number in range(40)} if change == "size" else {}
    write_fits(path, MODE="NEW", **filler)
    moved = status.st_mtime_ns + (10**9 if change == "time" else 0)
    os.utime(path, ns=(moved, moved))
    assert read_headers([str(path)], ["MODE"])[str(path)].cards == {"MODE": "NEW"}
    assert reads == ["a.fits", "a.fits"]


def test_other_keywords_are_read_again(tmp_path: Path, reads: list[str]) -> None:
    path = str(write_fits(tmp_path / "a.fits", MODE="SLIT", COLOR="RED"))
    read_headers([path], ["MODE"])
    assert read_headers([path], ["COLOR"])[path].cards == {"COLOR": "RED"}
    assert reads == ["a.fits", "a.fits"]


def test_a_file_with_a_problem_is_read_each_time(tmp_path: Path, reads: list[str]) -> None:
    path = tmp_path / "a.fits"
    path.write_bytes(b"")
    assert [read_headers([str(path)], ["MODE"])[str(path)].problem for _ in range(2)] == ["it is empty"] * 2
    assert reads == ["a.fits", "a.fits"]


def test_without_the_cache_nothing_is_kept(tmp_path: Path, reads: list[str]) -> None:
    path = str(write_fits(tmp_path / "a.fits", MODE="SLIT"))
    for _ in range(2):
        read_headers([path], ["MODE"], use_cache=False)
    assert reads == ["a.fits", "a.fits"]
    assert not cache_file().exists()


@pytest.mark.parametrize("damage", ["not a database", "folder is a file"])
def test_a_cache_that_cannot_be_used_is_ignored(tmp_path: Path, reads: list[str], damage: str) -> None:
    if damage == "folder is a file":
        (tmp_path / "cache").write_text("")
    else:
        (tmp_path / "cache").mkdir()
        cache_file().write_bytes(b"no database" * 500)
    path = str(write_fits(tmp_path / "a.fits", MODE="SLIT"))
    assert read_headers([path], ["MODE"])[path].cards == {"MODE": "SLIT"}


def test_progress_counts_headers(tmp_path: Path, reads: list[str]) -> None:
    paths = [str(write_fits(tmp_path / f"{number}.fits")) for number in range(3)]
    counts: list[int] = []
    read_headers(paths, ["MODE"], on_progress=counts.append)
    assert counts == [0, 3]
