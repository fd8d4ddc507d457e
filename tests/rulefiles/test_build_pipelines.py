"""What rule sets declare of pipelines, read into values; and invalid declarations with their positions."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import Content, rule, ruleset, write_ruleset

from asnforge.findings import InputError
from asnforge.rulefiles.load import load_ruleset, read_ruleset
from asnforge.rules.pipelines import AsnType, MemberCount, Pipelines, Suffixes


def test_declarations_are_read() -> None:
    pipelines = ruleset(
        exptypes={"science": {"misspelled_as": ["Sci"]}, "psf": {}},
        asn_types={
            "Stack": {
                "about": "Images, added",
                "pipeline": "stack_images",
                "reads": ["science", "psf"],
                "exptype_case": "sensitive",
                "products": "first",
                "require": {"psf": {"at_least": 1, "at_most": 4, "otherwise": "it ends", "severity": "error"}},
                "suffixes": {"science": {"right": ["flat"], "wrong": ["RAW"]}},
            },
            "plain": {},
        },
    ).pipelines
    assert pipelines.exptypes == {"science": ("sci",), "psf": ()}
    assert pipelines.find("STACK") == AsnType(
        name="Stack",
        pipeline="stack_images",
        reads=frozenset({"science", "psf"}),
        case_sensitive=True,
        first_product_only=True,
        require=(MemberCount("psf", 1, 4, "it ends", "error"),),
        suffixes={"science": Suffixes(("flat",), ("raw",))},
    )
    assert pipelines.find("plain") == AsnType("plain")
    assert pipelines.find("unknown") is None
    assert pipelines.find(3) is None
    assert pipelines.find(["stack"]) is None


def test_declarations_are_optional() -> None:
    assert ruleset().pipelines == Pipelines({}, {}, frozenset({"none", "-"}), "All is well.", "Not all is well.")


@pytest.mark.parametrize(
    ("blocks", "finding"),
    [
        (
            {"exptypes": {"science": {}}, "asn_types": {"stack": {"reads": ["scinece"]}}},
            "R201 undefined exptype 'scinece'; did you mean science?",
        ),
        (
            {"exptypes": {"science": {}}, "asn_types": {"stack": {"require": {"sci": {"at_least": 1}}}}},
            "R201 undefined exptype 'sci'; did you mean science?",
        ),
        (
            {
                "exptypes": {"science": {}},
                "asn_types": {"stack": {"suffixes": {"psf": {"right": ["a"], "wrong": ["b"]}}}},
            },
            "R201 undefined exptype 'psf'; available: science",
        ),
        (
            {"exptypes": {"science": {"misspelled_as": ["ref"]}, "psf": {"misspelled_as": ["REF"]}}},
            "R210 REF is a misspelling of psf, but it also means science; remove one of the two",
        ),
        (
            {"exptypes": {"science": {"misspelled_as": ["psf"]}, "psf": {}}},
            "R210 psf is a misspelling of science, but it also means psf; remove one of the two",
        ),
        (
            {"asn_types": {"stack": {"require": {"psf": {"at_least": 3, "at_most": 2}}}}},
            "R210 at_least is 3, but at_most is 2; at_most must not be less than at_least",
        ),
        ({"asn_types": {"stack": {"require": {"psf": {}}}}}, "R1"),
        ({"asn_types": {"stack": {"products": "some"}}}, "R1"),
        ({"asn_types": {"stack": {"exptype_case": "yes"}}}, "R1"),
        ({"asn_types": {"stack": {"suffixes": {"psf": {"wrong": ["raw"]}}}}}, "R1"),
        ({"asn_types": {"stack": {"pipelin": "x"}}}, "R1"),
        ({"exptypes": {"Science": {}}}, "R1"),
    ],
)
def test_invalid_declaration_is_reported_with_its_position(tmp_path: Path, blocks: Content, finding: str) -> None:
    with pytest.raises(InputError) as stop:
        read_ruleset(write_ruleset(tmp_path, rule(), **blocks))
    reported = stop.value.findings[0]
    assert (reported.file, reported.line is not None) == (f"{tmp_path}/ruleset.yaml", True)
    assert f"{reported.code} {reported.message}; {reported.hint}".startswith(finding)


def test_exptype_may_be_a_misspelling_in_an_earlier_rule_set(tmp_path: Path) -> None:
    first = write_ruleset(tmp_path / "first", rule(), exptypes={"background": {"misspelled_as": ["sky"]}})
    second = write_ruleset(tmp_path / "second", exptypes={"sky": {"misspelled_as": ["bkg"]}})
    exptypes = read_ruleset(first, second).pipelines.exptypes
    assert exptypes == {"background": ("sky",), "sky": ("bkg",)}


def test_default_rule_set_declares_the_asn_types_of_its_rules() -> None:
    default = load_ruleset()
    assert {rule.asn_type for rule in default.rules} <= default.pipelines.asn_types.keys()
    assert {"image2", "tso-image2", "spec2", "tso-spec2", "nrslamp-spec2"} <= default.pipelines.asn_types.keys()
    assert {"science", "background", "psf"} <= default.pipelines.exptypes.keys()
