"""The folder of caches."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest

from asnforge.user_cache import cache_folder, can_write, is_off


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ASNFORGE_CACHE", "ASNFORGE_NO_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASNFORGE_CACHE", "some/folder")
    assert cache_folder() == Path("some/folder")


@pytest.mark.parametrize("home", [None, "", " ", "/scratch/cache", "relative"])
def test_else_it_is_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    if home is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", home)
    assert cache_folder() == Path(platformdirs.user_cache_dir("asnforge", appauthor=False))


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of Linux")
def test_on_linux_it_is_below_the_cache_folder_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/lynx")
    assert cache_folder() == Path("/home/lynx/.cache/asnforge")


@pytest.mark.parametrize(("value", "off"), [("", False), ("1", True), ("0", True)])
def test_caches_are_off_if_the_variable_is_not_empty(monkeypatch: pytest.MonkeyPatch, value: str, off: bool) -> None:
    assert not is_off()
    monkeypatch.setenv("ASNFORGE_NO_CACHE", value)
    assert is_off() is off


def test_files_can_be_made_in_folders_that_do_not_exist_yet(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    names = (".", "new", "new/new", "file", "file/new")
    assert [can_write(tmp_path / name) for name in names] == [True, True, True, False, False]
