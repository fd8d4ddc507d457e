"""What an installation is made of, and its rule sets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from asnforge.doctor.installation import inspect_installation


def test_a_healthy_installation_has_no_findings() -> None:
    installation = inspect_installation()
    assert installation.findings == ()
    assert [ruleset.name for ruleset in installation.rulesets if ruleset.default] == ["jwst-stage3"]
    assert {ruleset.package for ruleset in installation.rulesets} == {"asnforge"}
    assert all(ruleset.rules for ruleset in installation.rulesets)


def test_caches_are_displayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache/rulesets"
    folder.mkdir(parents=True)
    (folder / "0.ruleset").write_bytes(b"x" * 250_000)
    line = next(line for line in inspect_installation().lines() if line.startswith("cache of rule sets"))
    assert line.split(maxsplit=4)[4] == f"1 rule set, 0.2 MB, {folder}"
    monkeypatch.setenv("ASNFORGE_NO_CACHE", "1")
    lines = [line for line in inspect_installation().lines() if line.startswith("cache of ")]
    assert [line.endswith(", switched off by ASNFORGE_NO_CACHE") for line in lines] == [True, True]


@pytest.mark.parametrize(
    ("content", "rules", "message"),
    [
        (None, 0, "the rule set lynx-nights of the installed module lynx_rules cannot be used: it has no ruleset.yaml"),
        ("ruleset: lynx-nights\n", 0, "required key 'title' is missing"),
    ],
)
def test_a_broken_rule_set_of_another_package_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, rules: int, message: str
) -> None:
    (tmp_path / "lynx_rules").mkdir()
    (tmp_path / "lynx_rules/__init__.py").touch()
    if content is not None:
        (tmp_path / "lynx_rules/ruleset.yaml").write_text(content)
    information = tmp_path / "lynx_rules-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: lynx-rules\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[asnforge.rulesets]\nlynx-nights = lynx_rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lynx_rules", raising=False)  # another test may have imported its own
    installation = inspect_installation()
    (ruleset,) = (ruleset for ruleset in installation.rulesets if ruleset.name == "lynx-nights")
    assert (ruleset.package, ruleset.rules, ruleset.findings) == ("lynx-rules", rules, len(installation.findings))
    assert message in installation.findings[0].message
