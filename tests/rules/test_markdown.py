"""The catalogues beside the rules that ship, which are made from the rules themselves."""

import re

import pytest

from asnforge.rulefiles.load import read_ruleset
from asnforge.rulefiles.shipped import rulesets_folder
from asnforge.rules.describe import MARKDOWN, describe_member_names
from asnforge.rules.file_names import FileNames, NameEnding, NamePattern
from asnforge.rules.markdown import catalogue, rule_page
from asnforge.rules.ruleset import Members

SHIPPED = sorted(path.parent for path in rulesets_folder().glob("*/ruleset.yaml"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_catalogue_is_what_the_rules_say(folder) -> None:
    written = (folder / "README.md").read_text(encoding="utf-8")
    assert written == catalogue(read_ruleset(folder)), (
        f"asnforge rules show -r {folder} --markdown > {folder}/README.md"
    )


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_links_of_the_catalogue_lead_to_its_headings(folder) -> None:
    text = catalogue(read_ruleset(folder))
    headings = [
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("## ")
    ]
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert links == [heading for heading in headings if heading in links]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_page_names_every_column_and_entry_of_its_rule(folder) -> None:
    ruleset = read_ruleset(folder)
    for rule in ruleset.rules:
        page = rule_page(rule, ruleset)
        names = [each.name for block in (rule.select, rule.group_by, rule.attach, rule.require) for each in block]
        assert [name for name in names if f"- **{name}**: " not in page] == []
        assert [name for name in rule.columns_read() if name.upper() not in page] == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (NameEnding("_raw", ()), "ends in `_raw` and an extension"),
        (NameEnding("_raw", (".fits", ".fits.gz")), "ends in `_raw` and `.fits` or `.fits.gz`"),
        (NameEnding("", (".fits",)), "ends in `.fits`"),
        (NamePattern("(?P<root>.+)x"), "matches `(?P<root>.+)x`"),
    ],
)
def test_the_catalogue_says_which_file_names_are_changed(parts: FileNames, words: str) -> None:
    members = Members("file", parts, "{root}_cal", None, "role")
    assert (
        describe_member_names(members, MARKDOWN)
        == f"A file name in FILE that {words} becomes `{{root}}_cal`; any other is kept unchanged."
    )
