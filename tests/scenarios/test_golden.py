"""The associations of the sample pools are, byte for byte, those in ``data/expected``.

If a change of the associations is intended, ``asnforge generate data/POOL.tsv -o data/expected/POOL`` rewrites them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_pools.make import OTHER_RULES

from asnforge.cli.main import command
from asnforge.rulefiles.load import read_ruleset
from asnforge.rulefiles.shipped import default_ruleset, shipped

DATA = Path(__file__).parents[2] / "data"
POOLS = sorted(DATA.glob("*_pool.tsv"))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def generated(pool: Path, folder: Path) -> dict[str, bytes]:
    rules = ["--rules", OTHER_RULES[pool.stem]] if pool.stem in OTHER_RULES else []
    result = CliRunner().invoke(command, ["generate", str(pool), "-o", str(folder), *rules])
    assert result.exit_code == 0, result.output
    return files(folder)


def rules_of(folder: Path) -> set[str]:
    return {json.loads(text)["asn_rule"] for text in files(folder).values()}


def test_every_sample_pool_has_expected_associations() -> None:
    assert {path.name for path in (DATA / "expected").iterdir()} == {pool.stem for pool in POOLS}


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.stem)
def test_sample_pool_gives_the_expected_associations(pool: Path, tmp_path: Path) -> None:
    assert generated(pool, tmp_path) == files(DATA / "expected" / pool.stem)


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.stem)
def test_order_of_rows_changes_nothing(pool: Path, tmp_path: Path) -> None:
    header, *rows = pool.read_text(encoding="utf-8").splitlines(keepends=True)
    reordered = tmp_path / pool.name
    reordered.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    assert generated(reordered, tmp_path / "out") == files(DATA / "expected" / pool.stem)


@pytest.mark.parametrize(
    "folder", [default_ruleset(), *map(shipped, OTHER_RULES.values())], ids=lambda folder: folder.name
)
def test_each_rule_gives_an_association_of_some_pool(folder: Path) -> None:
    names = {rule.name for rule in read_ruleset(folder).rules}
    assert set().union(*(rules_of(DATA / "expected" / pool.stem) for pool in POOLS)) >= names


def test_readme_names_the_rules_of_each_pool() -> None:
    table = re.findall(
        r"^\| `(\S+)\.tsv` .*\| (.+) \|$", (DATA / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = {pool: {f"Asn_Lv3{rule}" for rule in rules.split(", ")} for pool, rules in table}
    of_default = [pool for pool in POOLS if pool.stem not in OTHER_RULES]
    assert named == {pool.stem: rules_of(DATA / "expected" / pool.stem) for pool in of_default}
