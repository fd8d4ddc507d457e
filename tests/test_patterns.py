"""Glob patterns find matching files with bounded work, for any pattern and any folders."""

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
    ("pattern", "files"),
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
def test_matching_files_are_found(tmp_path: Path, pattern: str, files: list[str]) -> None:
    assert find_files(pattern) == files
    assert find_files(f"{tmp_path}/{pattern}") == [f"{tmp_path}/{file}" for file in files]
    assert find_files(pattern, "one/..") == [f"one/../{file}" for file in files]


def test_hidden_files_are_found_on_request() -> None:
    assert find_files("**/*.tsv", hidden=True) == sorted(file for file in FILES if file.endswith(".tsv"))


def test_links_to_folders_are_followed_except_by_double_asterisks() -> None:
    Path("link").symlink_to("one")
    assert find_files("l*/*.tsv") == ["link/a.tsv"]
    assert find_files("**/two/d.tsv") == ["one/two/d.tsv"]


@pytest.mark.parametrize("pattern", ["**/" * 40 + "*.zzz", "**/*/" * 20 + "*.zzz", "*/" * 200 + "*.zzz"])
@pytest.mark.timeout(60)
def test_repeated_wildcards_and_cycles_of_links_end(pattern: str) -> None:
    for parent in "pqr":
        for child in "pqr":
            Path(parent, child, "s", "t", "u").mkdir(parents=True)
        Path(parent, "up").symlink_to("..")
    for link in ("l", "m"):
        Path(link).symlink_to(".")
    assert find_files(pattern) == []
