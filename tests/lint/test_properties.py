"""Randomly changed rule files: they result in a rule set or in findings, and nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asnforge.findings import Finding
from asnforge.findings.registry import all_codes
from asnforge.lint.check_rules import check_rules
from asnforge.lint.redundancy import redundant_constraints
from asnforge.lint.subject import Subject
from asnforge.rulefiles.shipped import RULESET_FILE, default_ruleset, rule_files, rulesets_folder
from asnforge.rulefiles.sources import read_sources

SHARED = (default_ruleset() / RULESET_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
RULES = {
    path.name: path.read_text(encoding="utf-8").splitlines(keepends=True) for path in rule_files(default_ruleset())
}
PIECES = [
    "",
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "'",
    '"',
    "\n",
    "\t",
    "  ",
    "&a ",
    "*a",
    "!!x ",
    "\0",
    "\ud7ff",
    "(a+)+",
    "use: ",
    "not: ",
]
KNOWN = {code.code for code in all_codes()}


@st.composite
def mutated(draw: st.DrawFn, lines: list[str]) -> str:
    """Lines of which some are removed, duplicated, moved, indented or changed."""
    changed = list(lines)
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(changed) - 1))
        line = changed[index]
        match draw(st.sampled_from(["drop", "double", "move", "indent", "put", "cut", "word"])):
            case "drop":
                changed[index] = ""
            case "double":
                changed.insert(index, line)
            case "move":
                changed.insert(draw(st.integers(0, len(changed) - 1)), changed.pop(index))
            case "indent":
                changed[index] = draw(st.sampled_from(["  ", " ", "\t"])) + line
            case "put":
                at = draw(st.integers(0, len(line)))
                changed[index] = line[:at] + draw(st.sampled_from(PIECES)) + line[at:]
            case "cut":
                changed[index] = line[: draw(st.integers(0, len(line)))]
            case "word":
                words = line.split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(" ".join(lines).split()))
                changed[index] = " ".join(words)
    return "".join(changed)


def checked(shared: str, rule: str) -> tuple[Finding, ...]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / RULESET_FILE).write_bytes(shared.encode())
        (Path(folder) / "rule.yaml").write_bytes(rule.encode())
        checked = check_rules(folder)
        sources = read_sources(folder)
        assert (sources.ruleset is None) == any(finding.code < "R3" for finding in checked.findings)
        return checked.findings


@given(st.data(), st.sampled_from(sorted(RULES)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_random_change_of_a_rule(data: st.DataObject, name: str) -> None:
    for finding in checked("".join(SHARED), data.draw(mutated(RULES[name]))):
        assert finding.code in KNOWN
        assert finding.line is None or finding.line >= 1


@given(mutated(SHARED))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_random_change_of_shared_blocks(shared: str) -> None:
    for finding in checked(shared, "".join(RULES["image.yaml"])):
        assert finding.code in KNOWN
        assert finding.message


@pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in rulesets_folder().glob(f"*/{RULESET_FILE}")),
    ids=lambda folder: folder.name,
)
def test_shipped_rules_have_no_contradictions(folder: Path) -> None:
    sources = read_sources(folder)
    assert sources.ruleset is not None
    assert sources.shared is not None
    findings = redundant_constraints(Subject.of(sources.ruleset, sources.shared, sources.rules))
    assert [str(finding) for finding in findings if finding.severity == "error"] == []
