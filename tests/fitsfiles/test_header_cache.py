"""The state of the cache of headers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asnforge.fitsfiles.cards import HeaderCards
from asnforge.fitsfiles.header_cache import CacheState, cache_state, cached_headers, keep_headers


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is in a folder of the test."""
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))


def test_the_cache_is_counted(tmp_path: Path) -> None:
    assert cache_state() == CacheState(str(tmp_path / "cache/headers.sqlite"), 0, 0)
    keep_headers({("/data/a.fits", 1, 2): HeaderCards({"EXPTIME": "1"})}, ["EXPTIME"])
    state = cache_state()
    assert (state.headers, state.problem) == (1, "")
    assert state.size > 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_cache_in_a_folder_without_permission_is_reported(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o500)
    assert cache_state().problem == "the folder cannot be written"


def test_a_cache_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    assert cache_state().problem == "the folder cannot be written"


def test_the_cache_is_not_used_if_caches_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    key, cards = ("/data/a.fits", 1, 2), HeaderCards({"EXPTIME": "1"})
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    keep_headers({key: cards}, ["EXPTIME"])
    assert cache_state().headers == 0
    monkeypatch.delenv("ASNFORGE_NO_CACHE")
    keep_headers({key: cards}, ["EXPTIME"])
    assert cached_headers([key], ["EXPTIME"]) == {key: cards}
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    assert cached_headers([key], ["EXPTIME"]) == {}
