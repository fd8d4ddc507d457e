"""Every example of docs/rule-language.md: the rules make the associations that the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asnforge import generate, load_ruleset, read_pool

PAGE = Path(__file__).parents[2] / "docs" / "rule-language.md"
BLOCK = re.compile(r"^```(yaml|text pool|text result)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FRAME, *REST = [match.group(2) for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]
EXAMPLES = list(zip(REST[::3], REST[1::3], REST[2::3], strict=True))


def made(rules: str, pool: str, folder: Path) -> str:
    """The associations of an example, one per line, as the page shows them."""
    rule_set = folder / "example"
    rule_set.mkdir()
    (rule_set / "ruleset.yaml").write_text(FRAME, encoding="utf-8")
    for index, text in enumerate(rules.split("---\n")):
        (rule_set / f"rule{index}.yaml").write_text(text, encoding="utf-8")
    table = folder / "pool.tsv"
    table.write_text("".join("\t".join(line.split()) + "\n" for line in pool.splitlines()), encoding="utf-8")
    lines = []
    for association in generate(read_pool(table), load_ruleset(rule_set)).associations:
        for product in association.products:
            members = [
                member.expname + ("" if member.exptype == "science" else f" ({member.exptype})")
                for member in product.members
            ]
            lines.append(f"{product.name}: {', '.join(members)}\n")
    return "".join(lines)


@pytest.mark.parametrize(("rules", "pool", "result"), EXAMPLES)
def test_example_makes_the_associations_that_the_page_shows(rules: str, pool: str, result: str, tmp_path: Path) -> None:
    assert made(rules, pool, tmp_path) == result
