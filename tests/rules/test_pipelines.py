"""What rule sets declare of pipelines: read into values, with faults by their places."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.observatory import Content, rule, ruleset, write_ruleset

from asnforge.findings import InputError
from asnforge.rulefiles.load import load_ruleset, read_ruleset
from asnforge.rules.pipelines import AsnType, ExptypeSpelling, MemberCount, Pipelines, Suffixes, file_suffix


def test_declarations_are_read() -> None:
    found = ruleset(
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
    assert found.exptypes == {"science": ("sci",), "psf": ()}
    assert found.find("STACK") == AsnType(
        name="Stack",
        pipeline="stack_images",
        reads=frozenset({"science", "psf"}),
        case_sensitive=True,
        first_product_only=True,
        require=(MemberCount("psf", 1, 4, "it ends", "error"),),
        suffixes={"science": Suffixes(("flat",), ("raw",))},
    )
    assert found.find("plain") == AsnType("plain")
    assert found.find("unknown") is None
    assert found.find(3) is None
    assert found.find(["stack"]) is None


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
    (found, *_) = stop.value.findings
    assert (found.file, found.line is not None) == (f"{tmp_path}/ruleset.yaml", True)
    assert f"{found.code} {found.message}; {found.hint}".startswith(finding)


def test_exptype_may_be_a_misspelling_in_an_earlier_rule_set(tmp_path: Path) -> None:
    first = write_ruleset(tmp_path / "first", rule(), exptypes={"background": {"misspelled_as": ["sky"]}})
    second = write_ruleset(tmp_path / "second", exptypes={"sky": {"misspelled_as": ["bkg"]}})
    exptypes = read_ruleset(first, second).pipelines.exptypes
    assert exptypes == {"background": ("sky",), "sky": ("bkg",)}


SPELLING = ExptypeSpelling({"science": ("sci",), "target_check": ("tc", "aim"), "target": (), "psf": ("ref_psf",)})


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sci", "science"),
        ("SCI", "science"),
        (" sci ", "science"),
        ("sciense", "science"),
        ("scie", "science"),
        ("sc", "science"),
        ("s", None),
        ("target_c", "target_check"),
        ("target check", "target_check"),
        ("targe", "target"),
        ("tar", None),
        ("Ref-PSF", "psf"),
        ("refpsf", "psf"),
        ("dome", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_exptype_of_a_misspelled_word(word: str, meant: str | None) -> None:
    assert SPELLING.meant(word) == meant


def test_number_of_examined_words_is_limited() -> None:
    spelling = ExptypeSpelling({"background": ()})
    assert [spelling.meant(f"background{number}") for number in range(10, 300)].count("background") == 200
    assert spelling.meant("background10") == "background"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a_cal.fits", "cal"),
        ("a_b_CAL.fits.gz", "cal"),
        ("../x_y/a_rate.fits", "rate"),
        ("x_y/a.fits", ""),
        ("a.fits", ""),
        ("a_", ""),
        ("a_ami-oi.fits", "ami-oi"),
        ("", ""),
    ],
)
def test_file_suffix(name: str, suffix: str) -> None:
    assert file_suffix(name) == suffix


@pytest.mark.parametrize(
    ("need", "count", "allowed", "text"),
    [
        (MemberCount("psf", 1), 0, False, "no psf member"),
        (MemberCount("psf", 1), 1, True, None),
        (MemberCount("psf", 2), 0, False, "no psf member, where 2 is the minimum"),
        (MemberCount("psf", 2), 1, False, "1 psf member, where 2 is the minimum"),
        (MemberCount("psf", at_most=1), 0, True, None),
        (MemberCount("psf", at_most=1), 2, False, "2 psf members, where 1 is the maximum"),
    ],
)
def test_member_count_allows_and_describes_a_number(
    need: MemberCount, count: int, allowed: bool, text: str | None
) -> None:
    assert need.allows(count) == allowed
    if text is not None:
        assert need.describe(count) == text


def test_default_rule_set_declares_the_asn_types_of_its_rules() -> None:
    default = load_ruleset()
    assert {rule.asn_type for rule in default.rules} <= default.pipelines.asn_types.keys()
    assert {"image2", "tso-image2", "spec2", "tso-spec2", "nrslamp-spec2"} <= default.pipelines.asn_types.keys()
    assert {"science", "background", "psf"} <= default.pipelines.exptypes.keys()
