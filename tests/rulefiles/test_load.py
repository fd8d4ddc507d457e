"""Rule sets from folders and files: what is added, what replaces, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import SHARED, rule, write_ruleset, write_yaml

from asnforge.findings import InputError
from asnforge.rulefiles.load import load_ruleset, read_ruleset
from asnforge.rulefiles.shipped import default_ruleset, rule_files
from asnforge.rules.model import Ruleset


@pytest.fixture
def lynx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a rule set of two rules, which is also where the test works."""
    monkeypatch.chdir(tmp_path)
    return write_ruleset(tmp_path / "lynx", rule("Image"), rule("Spectrum", asn_type="trace"))


def types(ruleset: Ruleset) -> dict[str, str]:
    return {rule.name: rule.asn_type for rule in ruleset.rules}


def refused(*paths: str | Path) -> list[tuple[str, str, int | None, str]]:
    with pytest.raises(InputError) as stop:
        read_ruleset(*paths)
    return [(finding.code, finding.file, finding.line, finding.message) for finding in stop.value.findings]


def test_a_folder_is_a_rule_set(lynx: Path) -> None:
    read = read_ruleset(lynx)
    assert (read.name, read.title) == ("lynx", "Associations of the Lynx telescope")
    assert types(read) == {"Image": "stack", "Spectrum": "trace"}
    assert read.undefined == {"none", "-"}


def test_a_rule_file_adds_to_the_rules_before(lynx: Path) -> None:
    added = write_yaml(Path("extra.yaml"), rule("Mosaic", asn_type="tile"))
    assert types(read_ruleset(lynx, added)) == {"Image": "stack", "Mosaic": "tile", "Spectrum": "trace"}


def test_a_rule_of_the_same_name_replaces(lynx: Path) -> None:
    other = write_yaml(Path("mine.yaml"), rule("Image", asn_type="mine"))
    assert types(read_ruleset(lynx, other)) == {"Image": "mine", "Spectrum": "trace"}
    assert types(read_ruleset(other, lynx)) == {"Image": "stack", "Spectrum": "trace"}


def test_a_folder_of_rules_alone_uses_what_others_share(lynx: Path) -> None:
    Path("more").mkdir()
    write_yaml(Path("more/a.yaml"), rule("Mosaic"))
    write_yaml(Path("more/b.yml"), rule("Strip"))
    assert sorted(types(read_ruleset(lynx, "more"))) == ["Image", "Mosaic", "Spectrum", "Strip"]
    assert refused("more") == [("R103", "more", None, "no ruleset.yaml that these rules could share")]


def test_a_later_rule_set_replaces_shared_parts_by_name(lynx: Path) -> None:
    names = {"field": {"key": "field", "before": "target"}}
    write_ruleset(Path("bobcat"), ruleset="bobcat", names=names, undefined=["?"])
    read = read_ruleset(lynx, "bobcat")
    assert (read.name, read.undefined, read.names["field"].before) == ("bobcat", frozenset({"?"}), "target")
    assert read.names["scope"].keys == ("scope",)
    assert types(read) == {"Image": "stack", "Spectrum": "trace"}


def test_the_file_of_shared_parts_can_be_named_itself(lynx: Path) -> None:
    assert types(read_ruleset(lynx / "ruleset.yaml")) == {}
    assert types(read_ruleset(lynx / "ruleset.yaml", lynx / "spectrum.yaml")) == {"Spectrum": "trace"}


def test_files_of_cases_and_of_shared_parts_are_no_rules(lynx: Path) -> None:
    (lynx / "image.cases.yaml").write_text("rule: Image\n")
    (lynx / "notes.txt").write_text("of no use\n")
    assert rule_files(lynx) == [lynx / "image.yaml", lynx / "spectrum.yaml"]


@pytest.mark.parametrize(
    ("paths", "findings"),
    [
        (["absent"], [("R101", "absent", None, "there is no such rule file or folder")]),
        (["empty"], [("R101", "empty", None, "the folder has no rule files")]),
        (["lynx", "typo.yaml"], [("R104", "typo.yaml", 4, "slect is not known here")]),
        (["lynx", "no.yaml"], [("R102", "no.yaml", 2, None)]),
        (["lynx", "twins"], [("R205", "twins/two.yaml", 1, "the rule Mosaic is in twins/one.yaml already")]),
        (
            ["lynx", "typo.yaml", "twins"],
            [
                ("R104", "typo.yaml", 4, "slect is not known here"),
                ("R205", "twins/two.yaml", 1, "the rule Mosaic is in twins/one.yaml already"),
            ],
        ),
    ],
    ids=["no such path", "empty folder", "misspelled block", "no YAML", "one name twice", "all faults are told"],
)
def test_what_cannot_be_read(lynx: Path, paths: list[str], findings: list[tuple[str, str, int, str | None]]) -> None:
    Path("empty").mkdir()
    Path("twins").mkdir()
    write_yaml(Path("twins/one.yaml"), rule("Mosaic"))
    write_yaml(Path("twins/two.yaml"), rule("Mosaic"))
    Path("typo.yaml").write_text("rule: Typo\ntitle: t\nasn_type: x\nslect: {}\nproduct: usual\n")
    Path("no.yaml").write_text("rule: [\n")
    found = refused(*paths)
    assert [(code, file, line) for code, file, line, _ in found] == [entry[:3] for entry in findings]
    assert [found[place][3] for place, entry in enumerate(findings) if entry[3]] == [m for *_, m in findings if m]


def test_only_some_rules(lynx: Path) -> None:
    read = read_ruleset(lynx)
    assert types(read.only("spectrum")) == {"Spectrum": "trace"}
    assert types(read.only("SPECTRUM", "Image", "image")) == {"Image": "stack", "Spectrum": "trace"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("Spectrums", "did you mean Spectrum?"), ("xyz", "asnforge rules list names them"), ("", None)],
)
def test_only_a_rule_that_is_not_there(lynx: Path, name: str, hint: str | None) -> None:
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


def test_loading_takes_a_folder_before_a_shipped_rule_set_of_its_name(lynx: Path) -> None:
    name = default_ruleset().name
    write_ruleset(Path(name), rule("Here"))
    assert types(load_ruleset(name, default=False)) == {"Here": "stack"}


def test_loading_nothing() -> None:
    with pytest.raises(InputError, match=r"no ruleset\.yaml"):
        load_ruleset(default=False)


def test_what_is_shared_is_a_rule_set_of_its_own(lynx: Path) -> None:
    assert read_ruleset(write_yaml(Path("ruleset.yaml"), SHARED)).rules == ()
