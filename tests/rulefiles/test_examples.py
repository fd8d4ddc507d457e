"""The examples of the findings about rule files: the wrong one has the problem, the right one does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.rule_files import FILES, write_rules

from asnforge.findings import FindingCode
from asnforge.findings.registry import all_codes
from asnforge.lint.check_rules import check_rules

NOT_PART_OF_A_FILE = ("R101", "R103", "R205", "R285", "R299")
RULESET_BLOCKS = ("columns", "conditions", "exptypes", "parts", "tables")
CODES = [code for code in all_codes() if code.code[:2] in ("R1", "R2") and code.code not in NOT_PART_OF_A_FILE]


def codes_of(example: str, folder: Path) -> set[str]:
    """The codes of the findings when each part of an example replaces the block of its name in a rule file."""
    texts = dict(FILES)
    for part in example.split("\n---\n"):
        block = part.partition(":")[0]
        file = "ruleset.yaml" if block in RULESET_BLOCKS else "image.yaml"
        texts[file] = re.sub(rf"(?m)^{block}:.*\n(?:[ ].*\n)*", "", texts[file]) + f"{part}\n"
    write_rules(folder)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return {finding.code for finding in check_rules(folder).findings}


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_examples_of_a_code_have_and_fix_the_problem(code: FindingCode, tmp_path: Path) -> None:
    assert code.code in codes_of(code.wrong, tmp_path / "wrong")
    assert code.code not in codes_of(code.right, tmp_path / "right")
