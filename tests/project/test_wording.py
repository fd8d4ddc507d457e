"""Phrases that this project no longer uses, in source, tests, rules and documents; `.codespell/retired.txt` has the words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "rules", "docs")
FILES = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "data").glob("*.md"),
        *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*")),
    )
    if path.suffix in (".py", ".md", ".yaml", ".json") and path != Path(__file__)
)

RETIRED = {
    r"(?<!there )(?<!and )\b(is|are) no (?!longer|such|row of table)": "is not a, invalid, has no",
    r"\bstand(s|ing)? for\b": "means, is",
    r"\bin silence\b|\bwithout a word\b": "silently",
    r"\bletter by letter\b": "case-sensitively",
    r"\bletter case\b(?![\":`])": "case",  # except as a key of rule files
    r"\bso many\b": "this number of",
    r"\bas it must be\b": "valid",
    r"\b(came|comes|becomes|become) of\b": "the result of",
    r"\bha(s|ve) no value\b": "is undefined",
    r"\btakes? the place\b": "replaces",
    r"\bat home\b": "is defined in",
    r"\bmakes of\b|\bmade of a\b": "generates from",
    r"\bpacked\b": "compressed",
    r"\btold\b": "reported, distinguished",
    r"\basked for\b": "requested",
    r"\bbeside\b": "next to",
    r"(?<!\")\bwanted\b(?!\")": "expected, required",  # except as the name of a value in JSON
    r"\blooked at\b": "processed",
    r"\bnot there\b|\bthere is not\b(?! enough)": "does not exist",
    r"\bstory\b|\bstories\b": "outcome",
}


@pytest.mark.parametrize("pattern", RETIRED)
def test_no_retired_phrases(pattern: str) -> None:
    phrase = re.compile(pattern, re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if phrase.search(line.replace("_", " "))
    ]
    assert not found, f"write instead: {RETIRED[pattern]}"
