"""Entries of a suite are generated and compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.suites import Run

from asnforge.regress import read_suite, run_entry


def test_pool_named_dash_is_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "suite")
    (tmp_path / "suite" / "dash.yaml").write_text("entries: [{pool: '-', expected: '-', allow: '-'}]\n")
    (entry,) = read_suite("dash.yaml").entries
    assert (entry.pool, entry.expected, entry.allow) == ("./-", "./-", "./-")
    assert [finding.code for finding in run_entry(entry).findings] == ["C110"]


def test_shipped_rule_set_is_not_searched_in_the_working_directory(run: Run, tmp_path: Path) -> None:
    (tmp_path / "longslit-example").mkdir()
    (tmp_path / "longslit-example" / "bad.yaml").write_text("secret\n")
    result = run("pool: night.tsv, expected: x, rules: [longslit-example], ignore_default: true")
    assert "secret" not in result.output
    assert "longslit-example/bad.yaml" not in result.output


def test_control_characters_in_a_name_are_escaped(run: Run) -> None:
    result = run(r'pool: night.tsv, expected: x, name: "\e[31mred\nforged"', "--accept")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith(r"\x1b[31mred\nforged: ")
    assert "\x1b" not in result.output
