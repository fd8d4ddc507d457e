"""What asnforge makes of the sample pools is, to the byte, what lies in ``data/expected``.

Where a change of the associations is meant, ``asnforge generate data/POOL.tsv -o data/expected/POOL`` writes them anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from asnforge.cli.main import command
from asnforge.rulefiles.load import read_ruleset
from asnforge.rulefiles.shipped import default_ruleset

DATA = Path(__file__).parents[2] / "data"
POOLS = sorted(DATA.glob("*_pool.tsv"))
OTHER_RULES = {"longslit_pool": ["-r", "longslit-example", "--ignore-default"]}
"""The pools of other observatories, with what their rules are asked for by."""


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def generated(pool: Path, folder: Path) -> dict[str, bytes]:
    result = CliRunner().invoke(command, ["generate", str(pool), "-o", str(folder), *OTHER_RULES.get(pool.stem, [])])
    assert result.exit_code == 0, result.output
    return files(folder)


def rules_of(folder: Path) -> set[str]:
    return {json.loads(text)["asn_rule"] for text in files(folder).values()}


def test_every_pool_has_what_is_expected_of_it() -> None:
    assert {path.name for path in (DATA / "expected").iterdir()} == {pool.stem for pool in POOLS}


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.stem)
def test_a_sample_pool_makes_what_is_expected(pool: Path, tmp_path: Path) -> None:
    assert generated(pool, tmp_path) == files(DATA / "expected" / pool.stem)


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.stem)
def test_the_order_of_rows_changes_nothing(pool: Path, tmp_path: Path) -> None:
    header, *rows = pool.read_text(encoding="utf-8").splitlines(keepends=True)
    turned = tmp_path / pool.name
    turned.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    assert generated(turned, tmp_path / "out") == files(DATA / "expected" / pool.stem)


def test_each_rule_makes_an_association_of_some_pool() -> None:
    names = {rule.name for rule in read_ruleset(default_ruleset()).rules}
    assert set().union(*(rules_of(DATA / "expected" / pool.stem) for pool in POOLS)) >= names


def test_the_readme_names_the_rules_of_each_pool() -> None:
    table = re.findall(
        r"^\| `(\S+)\.tsv` .*\| (.+) \|$", (DATA / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = {pool: {f"Asn_Lv3{rule}" for rule in rules.split(", ")} for pool, rules in table}
    of_default = [pool for pool in POOLS if pool.stem not in OTHER_RULES]
    assert named == {pool.stem: rules_of(DATA / "expected" / pool.stem) for pool in of_default}
