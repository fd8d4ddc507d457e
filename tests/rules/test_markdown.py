"""The catalogues of the shipped rule sets, which are generated from the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asnforge.rulefiles.load import read_ruleset
from asnforge.rulefiles.shipped import rulesets_folder
from asnforge.rules.markdown import catalogue, rule_page

SHIPPED = sorted(path.parent for path in rulesets_folder().glob("*/ruleset.yaml"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped_catalogue_is_up_to_date(folder: Path) -> None:
    written = (folder / "README.md").read_text(encoding="utf-8")
    assert written == catalogue(read_ruleset(folder)), (
        f"asnforge rules show -r {folder} --markdown > {folder}/README.md"
    )


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_catalogue_links_resolve_to_headings(folder: Path) -> None:
    text = catalogue(read_ruleset(folder))
    headings = [
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("## ")
    ]
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert links == [heading for heading in headings if heading in links]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_rule_page_includes_every_column_and_entry(folder: Path) -> None:
    ruleset = read_ruleset(folder)
    for rule in ruleset.rules:
        page = rule_page(rule, ruleset)
        names = [each.name for block in (rule.select, rule.group_by, rule.attach, rule.require) for each in block]
        assert [name for name in names if f"- **{name}**: " not in page] == []
        assert [name for name in rule.columns_read() if name.upper() not in page] == []
