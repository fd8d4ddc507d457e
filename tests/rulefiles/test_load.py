"""Rule sets from folders and files: added rules, replaced rules, and errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.observatory import SHARED, rule, write_ruleset, write_yaml

from asnforge.findings import InputError
from asnforge.rulefiles.load import load_ruleset, load_rulesets, read_own_rules, read_ruleset
from asnforge.rulefiles.shipped import default_ruleset, rule_files, shipped_names
from asnforge.rules.ruleset import Ruleset


@pytest.fixture
def lynx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rule set of two rules, in the current folder of the test."""
    monkeypatch.chdir(tmp_path)
    return write_ruleset(tmp_path / "lynx", rule("Image"), rule("Spectrum", asn_type="trace"))


def types(ruleset: Ruleset) -> dict[str, str]:
    return {rule.name: rule.asn_type for rule in ruleset.rules}


def rejected(*paths: str | Path) -> list[tuple[str, str, int | None, str]]:
    with pytest.raises(InputError) as stop:
        read_ruleset(*paths)
    return [(finding.code, finding.file, finding.line, finding.message) for finding in stop.value.findings]


def test_a_folder_is_read_as_a_rule_set(lynx: Path) -> None:
    read = read_ruleset(lynx)
    assert (read.name, read.title) == ("lynx", "Associations of the Lynx telescope")
    assert types(read) == {"Image": "stack", "Spectrum": "trace"}
    assert read.undefined == {"none", "-"}


def test_a_rule_file_adds_to_the_earlier_rules(lynx: Path) -> None:
    added = write_yaml(Path("extra.yaml"), rule("Mosaic", asn_type="tile"))
    assert types(read_ruleset(lynx, added)) == {"Image": "stack", "Mosaic": "tile", "Spectrum": "trace"}


def test_a_later_rule_of_the_same_name_replaces_the_earlier_one(lynx: Path) -> None:
    other = write_yaml(Path("mine.yaml"), rule("Image", asn_type="mine"))
    assert types(read_ruleset(lynx, other)) == {"Image": "mine", "Spectrum": "trace"}
    assert types(read_ruleset(other, lynx)) == {"Image": "stack", "Spectrum": "trace"}


def test_a_folder_without_ruleset_uses_the_blocks_of_others(lynx: Path) -> None:
    Path("more").mkdir()
    write_yaml(Path("more/a.yaml"), rule("Mosaic"))
    write_yaml(Path("more/b.yml"), rule("Strip"))
    assert sorted(types(read_ruleset(lynx, "more"))) == ["Image", "Mosaic", "Spectrum", "Strip"]
    assert rejected("more") == [("R103", "more", None, "no ruleset.yaml for these rules to share")]


def test_a_later_rule_set_replaces_shared_blocks_by_name(lynx: Path) -> None:
    names = {"field": {"key": "field", "before": "target"}}
    write_ruleset(Path("bobcat"), ruleset="bobcat", names=names, undefined=["?"])
    read = read_ruleset(lynx, "bobcat")
    assert (read.name, read.undefined, read.names["field"].before) == ("bobcat", frozenset({"?"}), "target")
    assert read.names["scope"].keys == ("scope",)
    assert types(read) == {"Image": "stack", "Spectrum": "trace"}


def test_a_rule_set_shares_the_blocks_of_another_but_not_its_rules(lynx: Path) -> None:
    names = {"field": {"key": "field", "before": "target"}}
    write_yaml(Path("bobcat/ruleset.yaml"), {"ruleset": "bobcat", "title": "Cats", "shares": "../lynx", "names": names})
    write_yaml(Path("bobcat/mosaic.yaml"), rule("Mosaic"))
    read, lender = read_ruleset("bobcat"), read_ruleset(lynx)
    assert (read.name, types(read)) == ("bobcat", {"Mosaic": "stack"})
    assert (read.undefined, read.members, read.keywords) == (lender.undefined, lender.members, lender.keywords)
    assert (read.names["field"].before, read.names["scope"].keys) == ("target", ("scope",))


def test_a_rule_set_that_is_shared_shares_another(lynx: Path) -> None:
    for name, lender in (("bobcat", "../lynx"), ("puma", "../bobcat")):
        write_yaml(Path(name, "ruleset.yaml"), {"ruleset": name, "title": "Cats", "shares": lender})
    assert read_ruleset("puma").members == read_ruleset(lynx).members


def test_the_rules_of_a_shared_rule_set_are_not_read_whatever_it_extends(lynx: Path) -> None:
    write_yaml(Path("bobcat/ruleset.yaml"), {"ruleset": "bobcat", "title": "Cats", "extends": "../lynx"})
    write_yaml(Path("puma/ruleset.yaml"), {"ruleset": "puma", "title": "Cats", "shares": "../bobcat"})
    assert types(read_ruleset("bobcat")) == {"Image": "stack", "Spectrum": "trace"}
    assert types(read_ruleset("puma")) == {}


@pytest.mark.parametrize(
    ("lender", "message"),
    [
        ("../lnyx", "there is no rule set '../lnyx'"),
        (".", "the rule set would share itself"),
        ("../bobcat", "the rule set would share itself"),
        ("../lynx/ruleset.yaml", "there is no rule set '../lynx/ruleset.yaml'"),
    ],
)
def test_a_rule_set_that_cannot_be_shared(lynx: Path, lender: str, message: str) -> None:
    write_yaml(Path("puma/ruleset.yaml"), {"ruleset": "puma", "title": "Cats", "shares": lender})
    write_yaml(Path("bobcat/ruleset.yaml"), {"ruleset": "bobcat", "title": "Cats", "shares": "../puma"})
    assert [finding[0::3] for finding in rejected("puma")] == [("R320", message)]


def test_a_ruleset_file_can_be_read_alone(lynx: Path) -> None:
    assert types(read_ruleset(lynx / "ruleset.yaml")) == {}
    assert types(read_ruleset(lynx / "ruleset.yaml", lynx / "spectrum.yaml")) == {"Spectrum": "trace"}


def test_files_of_cases_and_shared_blocks_are_not_rule_files(lynx: Path) -> None:
    (lynx / "image.cases.yaml").write_text("rule: Image\n")
    (lynx / "notes.txt").write_text("not a rule\n")
    assert rule_files(lynx) == [lynx / "image.yaml", lynx / "spectrum.yaml"]


@pytest.mark.parametrize(
    ("paths", "findings"),
    [
        (["absent"], [("R101", "absent", None, "no such rule file or folder")]),
        (["empty"], [("R101", "empty", None, "the folder has no rule files")]),
        (["lynx", "typo.yaml"], [("R104", "typo.yaml", 4, "unknown key 'slect'")]),
        (["lynx", "no.yaml"], [("R102", "no.yaml", 2, None)]),
        (["lynx", "twins"], [("R205", "twins/two.yaml", 1, "rule 'Mosaic' is already defined in twins/one.yaml")]),
        (
            ["lynx", "typo.yaml", "twins"],
            [
                ("R104", "typo.yaml", 4, "unknown key 'slect'"),
                ("R205", "twins/two.yaml", 1, "rule 'Mosaic' is already defined in twins/one.yaml"),
            ],
        ),
    ],
    ids=["no such path", "empty folder", "misspelled block", "invalid YAML", "duplicate rule", "all problems"],
)
def test_unreadable_rules_are_reported(
    lynx: Path, paths: list[str], findings: list[tuple[str, str, int, str | None]]
) -> None:
    Path("empty").mkdir()
    Path("twins").mkdir()
    write_yaml(Path("twins/one.yaml"), rule("Mosaic"))
    write_yaml(Path("twins/two.yaml"), rule("Mosaic"))
    Path("typo.yaml").write_text("rule: Typo\ntitle: t\nasn_type: x\nslect: {}\nproduct: usual\n")
    Path("no.yaml").write_text("rule: [\n")
    rejections = rejected(*paths)
    assert [rejection[:3] for rejection in rejections] == [expected[:3] for expected in findings]
    for (*_, message), (*_, expected) in zip(rejections, findings, strict=True):
        assert expected in (None, message)


def test_only_keeps_the_named_rules(lynx: Path) -> None:
    read = read_ruleset(lynx)
    assert types(read.only("spectrum")) == {"Spectrum": "trace"}
    assert types(read.only("SPECTRUM", "Image", "image")) == {"Image": "stack", "Spectrum": "trace"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("Spectrums", "did you mean Spectrum?"), ("xyz", "asnforge rules list shows them"), ("", None)],
)
def test_only_an_undefined_rule_is_rejected(lynx: Path, name: str, hint: str | None) -> None:
    with pytest.raises(InputError) as stop:
        read_ruleset(lynx).only("Image", name)
    (finding,) = stop.value.findings
    assert (finding.code, finding.message) == ("R201", f"there is no rule {name} in lynx")
    assert hint is None or finding.hint == hint


def test_loading_begins_with_the_default_rule_set(lynx: Path) -> None:
    shipped = types(load_ruleset())
    assert types(load_ruleset(default_ruleset().name, default=False)) == shipped
    assert len(shipped) == 21
    assert types(load_ruleset("lynx", default=False)) == {"Image": "stack", "Spectrum": "trace"}


def test_a_folder_takes_precedence_over_a_shipped_rule_set(lynx: Path) -> None:
    name = default_ruleset().name
    write_ruleset(Path(name), rule("Here"))
    assert types(load_ruleset(name, default=False)) == {"Here": "stack"}


def test_loading_no_rule_set_is_an_error() -> None:
    with pytest.raises(InputError, match=r"no ruleset\.yaml"):
        load_ruleset(default=False)


def test_a_ruleset_file_without_rules_is_a_rule_set(lynx: Path) -> None:
    assert read_ruleset(write_yaml(Path("ruleset.yaml"), SHARED)).rules == ()


def write_extension(folder: str, extends: str, *rules: dict[str, Any]) -> Path:
    """A rule set that extends another one, with a file for each rule."""
    Path(folder).mkdir(exist_ok=True)
    write_yaml(Path(folder, "ruleset.yaml"), {"ruleset": folder, "title": "More", "extends": extends})
    for index, text in enumerate(rules):
        write_yaml(Path(folder, f"{index}.yaml"), text)
    return Path(folder)


@pytest.mark.parametrize("default", [True, False])
def test_a_rule_set_stands_alone(lynx: Path, default: bool) -> None:
    assert types(load_ruleset("lynx", default=default)) == {"Image": "stack", "Spectrum": "trace"}


def test_rule_files_are_added_to_the_rule_set_that_is_named(lynx: Path) -> None:
    write_yaml(Path("extra.yaml"), rule("Mosaic", asn_type="tile"))
    expected = {"Image": "stack", "Mosaic": "tile", "Spectrum": "trace"}
    assert types(load_ruleset("lynx", "extra.yaml")) == expected
    assert types(load_ruleset("extra.yaml", "lynx")) == expected


def test_a_rule_set_is_added_to_the_one_that_it_extends(lynx: Path) -> None:
    write_extension("bobcat", "../lynx", rule("Image", asn_type="mine"))
    write_extension("puma", "../bobcat", rule("Mosaic", asn_type="tile"))
    assert types(load_ruleset("puma")) == {"Image": "mine", "Mosaic": "tile", "Spectrum": "trace"}
    assert load_ruleset("puma").name == "puma"
    assert types(read_own_rules("puma")) == {"Mosaic": "tile"}


def test_the_name_of_a_shipped_rule_set_can_be_extended(lynx: Path) -> None:
    write_extension("mine", default_ruleset().name)
    assert types(load_ruleset("mine", default=False)) == types(load_ruleset())


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        ("jwst-stag3", "there is no rule set 'jwst-stag3'; did you mean jwst-stage3?"),
        ("../none", "there is no rule set '../none'; available: " + ", ".join(shipped_names())),
        (".", "the rule set would extend itself; name another rule set"),
        ("../cougar", "the rule set would extend itself; name another rule set"),
    ],
)
def test_a_rule_set_that_cannot_be_extended_is_reported(lynx: Path, extends: str, message: str) -> None:
    write_extension("cougar", "../bobcat")
    write_extension("bobcat", extends)
    with pytest.raises(InputError) as stop:
        load_ruleset("bobcat")
    where = "cougar" if "cougar" in extends else "bobcat"
    found = f"bobcat/../{where}/ruleset.yaml:3:10: " if where == "cougar" else "bobcat/ruleset.yaml:3:10: "
    assert str(stop.value) == f"{found}R320 {message}"


def test_only_a_rule_set_that_extends_another_one_can_leave_blocks_out(lynx: Path) -> None:
    Path("bobcat").mkdir()
    write_yaml(Path("bobcat/ruleset.yaml"), {"ruleset": "bobcat", "title": "Less", "names": SHARED["names"]})
    assert [message for *_, message in rejected("bobcat")] == [
        f"required key '{key}' is missing" for key in ("members", "keywords", "derived")
    ]


def test_two_rule_sets_are_not_one(lynx: Path) -> None:
    write_ruleset(Path("bobcat"), rule("Mosaic"))
    with pytest.raises(InputError) as stop:
        load_ruleset("lynx", "bobcat")
    message = "R321 lynx and bobcat are two rule sets; use one of them, or write extends in one"
    assert str(stop.value) == message
    assert types(load_ruleset("lynx", "lynx")) == types(load_ruleset("lynx"))
    write_extension("puma", "../lynx", rule("Mosaic", asn_type="tile"))
    assert types(load_ruleset("lynx", "puma")) == {"Image": "stack", "Mosaic": "tile", "Spectrum": "trace"}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (["lynx", "bobcat"], [{"Image", "Spectrum"}, {"Mosaic"}]),
        (["bobcat", "lynx", "bobcat"], [{"Mosaic"}, {"Image", "Spectrum"}]),
        (["lynx", "extra.yaml", "bobcat"], [{"Image", "Spectrum", "Extra"}, {"Mosaic"}]),
        (["extra.yaml", "lynx", "bobcat"], [{"Image", "Spectrum", "Extra"}, {"Mosaic"}]),
        (["lynx", "bobcat", "puma"], [{"Image", "Spectrum", "Puma"}, {"Mosaic"}]),
        (["puma", "bobcat"], [{"Image", "Spectrum", "Puma"}, {"Mosaic"}]),
        (["cheetah", "bobcat", "puma"], [{"Image", "Spectrum", "Puma", "Cheetah"}, {"Mosaic"}]),
        (["puma", "cheetah"], [{"Image", "Spectrum", "Puma", "Cheetah"}]),
    ],
)
def test_several_rule_sets_with_what_is_added_to_each(lynx: Path, rules: list[str], expected: list[set[str]]) -> None:
    write_ruleset(Path("bobcat"), rule("Mosaic"), ruleset="bobcat")
    write_yaml(Path("extra.yaml"), rule("Extra"))
    write_extension("puma", "../lynx", rule("Puma"))
    write_extension("cheetah", "../puma", rule("Cheetah"))
    assert [set(types(ruleset)) for ruleset in load_rulesets(*rules)] == expected


def test_a_cycle_among_several_rule_sets_is_reported(lynx: Path) -> None:
    write_extension("puma", "../cheetah")
    write_extension("cheetah", "../puma")
    with pytest.raises(InputError, match="R320"):
        load_rulesets("lynx", "puma", "cheetah")


@pytest.fixture
def provided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution, installed in a folder of its own, that provides rule sets."""
    site = tmp_path / "site"
    information = site / "lynx_rules-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: lynx-rules\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[asnforge.rulesets]\nlynx-nights = lynx_rules.nights\nlynx-empty = lynx_rules\nlynx-gone = lynx_gone.rules\n"
    )
    (site / "lynx_rules").mkdir()
    (site / "lynx_rules" / "__init__.py").write_text("")
    write_ruleset(site / "lynx_rules" / "nights", rule("Night"))
    monkeypatch.syspath_prepend(site)


@pytest.mark.usefixtures("provided")
def test_a_rule_set_that_another_package_provides_is_found_by_its_name(lynx: Path) -> None:
    assert types(load_ruleset("lynx-nights")) == {"Night": "stack"}
    write_extension("puma", "lynx-nights", rule("Mosaic", asn_type="tile"))
    assert types(load_ruleset("puma")) == {"Mosaic": "tile", "Night": "stack"}
    assert {"lynx-nights", default_ruleset().name} < set(shipped_names())


@pytest.mark.usefixtures("provided")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "lynx-empty",
            "the rule set lynx-empty of the installed module lynx_rules cannot be used: it has no ruleset.yaml",
        ),
        ("lynx-gone", "the rule set lynx-gone of the installed module lynx_gone.rules cannot be used: "),
    ],
)
def test_a_provided_rule_set_that_cannot_be_used_is_reported(lynx: Path, name: str, message: str) -> None:
    with pytest.raises(InputError) as stop:
        load_ruleset(name)
    assert str(stop.value).startswith(f"R103 {message}")
