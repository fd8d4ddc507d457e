"""Test cases of the invented observatory, in the form of case files."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from support.observatory import rule, write_ruleset

from asnforge.cases.collect import CaseSuite, load_suite, run_suite
from asnforge.cases.model import CaseResult

DEFAULTS = """\
defaults:
  FILE: '{name}_raw.fits'
  PROPOSAL: 7
  CAMERA: red
  FIELD: 1
  BAND: g
cases:
"""

FIELDS = rule(
    "Fields",
    select={"light": {"column": "BAND", "in": ["g", "r"]}},
    group_by={"field": {"column": "FIELD"}, "light": {"column": "BAND"}},
    require={"psf": {"members": "psf"}},
)


def write_cases(folder: Path, text: str, name: str = "fields", defaults: str = DEFAULTS) -> Path:
    """A rule set with a file of cases next to a rule."""
    write_ruleset(folder, FIELDS)
    path = folder / f"{name}.cases.yaml"
    body = dedent(text).strip("\n")
    indented = "\n".join(f"  {line}" if line.strip() else "" for line in body.splitlines()) if defaults else body
    path.write_text(defaults + indented + "\n", encoding="utf-8")
    return path


def suite(folder: Path, text: str, **more: str) -> CaseSuite:
    """The suite of a case file."""
    write_cases(folder, text, **more)
    return load_suite(folder)


def results(folder: Path, text: str, **more: str) -> list[CaseResult]:
    """The results of the cases of a file."""
    loaded = suite(folder, text, **more)
    assert loaded.findings == ()
    return list(run_suite(loaded))
