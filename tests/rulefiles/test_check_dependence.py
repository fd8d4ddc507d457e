"""References of rules to rules whose products they use."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import Content, rule, write_ruleset

from asnforge.rulefiles.sources import read_sources

FILE = "{product}.f"


def findings(folder: Path, *rules: Content, **blocks: object) -> list[str]:
    found = read_sources(write_ruleset(folder / "rules", *rules, **blocks)).findings
    return [
        f"{Path(item.file or '').name}: {item.code} {item.message}" + f" ({item.hint})" * bool(item.hint)
        for item in found
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("Bias", product_file=FILE), rule("Stack", product_of="Bias")], []),
        (
            [rule("Bias", product_file=FILE), rule("Stack", product_of="Bais")],
            ["stack.yaml: R201 undefined rule 'Bais' (did you mean Bias?)"],
        ),
        (
            [rule("Bias"), rule("Stack", product_of="Bias")],
            [
                "stack.yaml: R285 Bias has no product_file, so its products have no name as members "
                "(add product_file to Bias, such as '{product}.fits')"
            ],
        ),
        (
            [rule("Bias", product_of="Bias", product_file=FILE)],
            ["bias.yaml: R286 Bias uses its own products (remove one product_of)"],
        ),
        (
            [
                rule("A", product_of="B", product_file=FILE),
                rule("B", product_of="C", product_file=FILE),
                rule("C", product_of="A", product_file=FILE),
            ],
            ["a.yaml: R286 these rules use each other's products: A needs B needs C needs A (remove one product_of)"],
        ),
        (
            [rule("Bias", product_file="{prduct}.f"), rule("Stack", product_of="Bias")],
            ["bias.yaml: R201 undefined name part 'prduct' (did you mean product?)"],
        ),
        (
            [rule("Bias", product_file="{rule}.f"), rule("Stack", product_of="Bias")],
            ["bias.yaml: R201 undefined name part 'rule' (add rule: {key: rule} to names in ruleset.yaml)"],
        ),
        (
            [rule("Bias", product_file="x/{product}.f")],
            [
                "bias.yaml: R208 'x/{product}.f' contains a path separator or a control character, which names cannot "
                "have (join words with - or _)"
            ],
        ),
    ],
)
def test_wrong_references_are_reported_where_they_are(
    rules: list[Content], expected: list[str], tmp_path: Path
) -> None:
    assert findings(tmp_path, *rules) == expected
