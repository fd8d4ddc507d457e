"""The system that an installation runs on: cache, encoding, clock, compiled modules."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from asnforge.doctor import surroundings
from asnforge.doctor.surroundings import check_surroundings
from asnforge.fitsfiles.header_cache import CacheState, cache_state
from asnforge.rulefiles.ruleset_cache import RulesetCacheState, ruleset_cache_state

NO_CACHE = (CacheState("cache/headers.sqlite", 0, 0), RulesetCacheState("cache/rulesets", 0, 0))


def test_a_damaged_cache_can_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/headers.sqlite").write_text("no database" * 1000)
    (finding,) = check_surroundings(cache_state(), ruleset_cache_state())
    assert (finding.code, finding.severity) == ("A206", "warning")
    assert finding.hint == "delete the file: it will be made again"


def test_a_folder_that_cannot_be_written_is_a_warning_unless_caches_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASNFORGE_CACHE", "/dev/null")
    findings = [*check_surroundings(cache_state(), ruleset_cache_state())]
    assert [(finding.code, finding.file, finding.message) for finding in findings] == [
        ("A206", "/dev/null/headers.sqlite", "the folder cannot be written"),
        ("A206", "/dev/null/rulesets", "the folder cannot be written"),
    ]
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    assert [*check_surroundings(cache_state(), ruleset_cache_state())] == []


@pytest.mark.parametrize(
    ("zone", "codes"),
    [
        ("Europe/Paris", []),
        (":Europe/Paris", []),
        ("CET-1CEST", []),
        ("UTC", []),
        ("", []),
        ("Europe/Pariss", ["A208"]),
    ],
)
@pytest.mark.skipif(not Path("/usr/share/zoneinfo/Europe/Paris").is_file(), reason="needs the files of time zones")
def test_a_time_zone_must_exist(monkeypatch: pytest.MonkeyPatch, zone: str, codes: list[str]) -> None:
    monkeypatch.setenv("TZ", zone)
    assert [finding.code for finding in check_surroundings(*NO_CACHE)] == codes


def test_a_clock_before_the_installation_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    (finding,) = check_surroundings(*NO_CACHE)
    assert (finding.code, finding.hint) == ("A208", "set the clock")


@pytest.mark.parametrize(
    ("output", "names", "messages"),
    [
        ("UTF-8", "utf-8", []),
        ("utf8", "utf-8", []),
        ("iso8859-1", "utf-8", ["output is in iso8859-1"]),
        ("ascii", "ascii", ["file names are in ascii", "output is in ascii"]),
    ],
)
def test_another_encoding_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, output: str, names: str, messages: list[str]
) -> None:
    monkeypatch.setattr(surroundings, "_output_encoding", lambda: output)
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: names)
    findings = list(check_surroundings(*NO_CACHE))
    assert [(finding.code, finding.message) for finding in findings] == [("A207", message) for message in messages]


def test_modules_that_are_compiled_at_every_start_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    source = surroundings.__file__
    assert source is not None
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert not surroundings._is_kept(f"{source}.none.py")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert surroundings._is_kept(f"{source}.none.py") is os.access(Path(source).parent, os.W_OK)
