"""``asnforge columns``: the columns that rules read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import LYNX, run_main
from support.observatory import rule, write_ruleset


@pytest.mark.parametrize("rules", ["Image", "Fields"])
def test_columns_of_the_selected_rule_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rules: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), rule(), rule("Fields", group_by={"field": {"column": "FIELD"}}))
    ran = run_main(capsys, "columns", *LYNX, "--only", rules)
    listed = ran.stdout.splitlines()
    assert (ran.status, ran.stderr) == (0, "")
    assert ("FIELD" in listed, "CAMERA" in listed) == (rules == "Fields", True)
    assert json.loads(run_main(capsys, "columns", *LYNX, "--only", rules, "--json").stdout) == listed
