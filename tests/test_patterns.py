"""Patterns of files find what fits, and take little time whatever the pattern and the folders are."""

from __future__ import annotations

from pathlib import Path

import pytest

from asnforge.patterns import find_files

FILES = ("a.tsv", "b.txt", ".c.tsv", "one/a.tsv", "one/two/d.tsv", ".hidden/e.tsv", "x[1]/f.tsv")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in FILES:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.tsv", ["a.tsv"]),
        (".*.tsv", [".c.tsv"]),
        ("?.*", ["a.tsv", "b.txt"]),
        ("one/*.tsv", ["one/a.tsv"]),
        ("*/*.tsv", ["one/a.tsv", "x[1]/f.tsv"]),
        ("**/*.tsv", ["a.tsv", "one/a.tsv", "one/two/d.tsv", "x[1]/f.tsv"]),
        ("**/**/*.tsv", ["a.tsv", "one/a.tsv", "one/two/d.tsv", "x[1]/f.tsv"]),
        ("**/two/**", ["one/two/d.tsv"]),
        ("**/a.tsv", ["a.tsv", "one/a.tsv"]),
        ("one/**", ["one/a.tsv", "one/two/d.tsv"]),
        ("o*/../b.*", ["one/../b.txt"]),
        ("one/../*.txt", ["one/../b.txt"]),
        ("x[[]1]/*", ["x[1]/f.tsv"]),
        ("[ab].t??", ["a.tsv", "b.txt"]),
        ("absent/*", []),
        ("a.tsv/*", []),
        ("on*", []),
    ],
)
def test_what_fits_a_pattern(tmp_path: Path, pattern: str, found: list[str]) -> None:
    assert find_files(pattern) == found
    assert find_files(f"{tmp_path}/{pattern}") == [f"{tmp_path}/{each}" for each in found]
    assert find_files(pattern, "one/..") == [f"one/../{each}" for each in found]


def test_hidden_names_are_found_where_that_is_wanted() -> None:
    assert find_files("**/*.tsv", hidden=True) == sorted(file for file in FILES if file.endswith(".tsv"))


def test_links_to_folders_are_followed_by_name_alone() -> None:
    Path("link").symlink_to("one")
    assert find_files("l*/*.tsv") == ["link/a.tsv"]
    assert find_files("**/two/d.tsv") == ["one/two/d.tsv"]


@pytest.mark.parametrize("pattern", ["**/" * 40 + "*.zzz", "**/*/" * 20 + "*.zzz", "*/" * 200 + "*.zzz"])
@pytest.mark.timeout(60)
def test_patterns_and_links_that_lead_everywhere_come_to_an_end(pattern: str) -> None:
    for one in "pqr":
        for other in "pqr":
            Path(one, other, "s", "t", "u").mkdir(parents=True)
        Path(one, "up").symlink_to("..")
    for loop in ("l", "m"):
        Path(loop).symlink_to(".")
    assert find_files(pattern) == []
