"""Whether pipelines can use an association, by what a rule set declares for each asn_type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_pools.make import OTHER_RULES
from support.observatory import write_ruleset

from asnforge.asnfiles.problems import WRONG_TYPE
from asnforge.asnfiles.validate import validate_bytes, validate_file
from asnforge.rulefiles.load import load_ruleset, read_ruleset
from asnforge.rules.ruleset import Ruleset

EXPTYPES = {
    "science": {"misspelled_as": ["sci", "object"]},
    "background": {"misspelled_as": ["bkg", "sky"]},
    "psf": {"misspelled_as": ["ref_psf"]},
    "setup": {},
    "guide_star": {"misspelled_as": ["gs"]},
}
ASN_TYPES = {
    "stack": {
        "pipeline": "stack_images",
        "reads": ["science"],
        "exptype_case": "sensitive",
        "products": "first",
        "suffixes": {"science": {"right": ["flat"], "wrong": ["raw", "bias"]}},
    },
    "mask": {
        "products": "first",
        "require": {
            "psf": {"at_least": 1, "severity": "error", "otherwise": "the star stays in the image"},
            "setup": {"at_least": 2, "at_most": 3},
        },
    },
    "single": {"require": {"science": {"at_most": 1, "otherwise": "the others are ignored"}}},
}


@pytest.fixture(scope="module")
def lynx(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    folder = tmp_path_factory.mktemp("rules") / "lynx"
    return read_ruleset(write_ruleset(folder, exptypes=EXPTYPES, asn_types=ASN_TYPES))


@pytest.fixture(scope="module")
def default() -> Ruleset:
    return load_ruleset()


def association(asn_type: str | None, *products: list[Any], **keywords: Any) -> bytes:
    """An association of products, lists of members: an exptype, or an exptype with an expname or other keywords."""
    value = {
        **({} if asn_type is None else {"asn_type": asn_type}),
        "asn_id": "o001",
        "asn_pool": "night.tsv",
        **keywords,
        "products": [
            {"name": f"p{index}", "members": [_member(number, *_parts(item)) for number, item in enumerate(members)]}
            for index, members in enumerate(products)
        ],
    }
    return json.dumps(value).encode()


def _parts(item: Any) -> tuple[Any, ...]:
    return item if isinstance(item, tuple) else (item,)


def _member(number: int, exptype: str, more: str | dict[str, Any] = "") -> dict[str, Any]:
    keywords = more if isinstance(more, dict) else {"expname": more or f"{number}.fits"}
    return {"expname": f"{number}.fits", "exptype": exptype, **keywords}


def findings_of(data: bytes, ruleset: Ruleset | None) -> list[str]:
    """The findings without their positions."""
    return [str(finding).partition(" ")[2] for finding in validate_bytes(data, "x", ruleset)]


CASE = "A117 {}the exptype of member {} is {!r}; {}"
WRITE = "write {}: {} compares exptype case-sensitively and ignores the member"
A_PIPELINE = "write {}: a pipeline that may read it compares exptype case-sensitively and ignores the member"
FORMAT = "the format has {} in lower case"


@pytest.mark.parametrize(
    ("asn_type", "exptypes", "findings"),
    [
        ("stack", ["SCIENCE"], [CASE.format("", 1, "SCIENCE", WRITE.format("science", "stack_images"))]),
        ("STACK", ["Science"], [CASE.format("", 1, "Science", WRITE.format("science", "stack_images"))]),
        ("stack", ["science", "PSF"], [CASE.format("warning: ", 2, "PSF", FORMAT.format("psf"))]),
        ("stack", ["science", "Guide_Star"], [CASE.format("warning: ", 2, "Guide_Star", FORMAT.format("guide_star"))]),
        ("single", ["SCIENCE"], [CASE.format("warning: ", 1, "SCIENCE", FORMAT.format("science"))]),
        ("elsewhere", ["SCIENCE"], [CASE.format("", 1, "SCIENCE", A_PIPELINE.format("science"))]),
        (None, ["science", "Psf"], [CASE.format("", 2, "Psf", A_PIPELINE.format("psf"))]),
    ],
)
def test_upper_case_exptype_is_an_error_only_if_the_pipeline_ignores_the_member(
    asn_type: str | None, exptypes: list[str], findings: list[str], lynx: Ruleset
) -> None:
    assert findings_of(association(asn_type, exptypes), lynx) == findings


@pytest.mark.parametrize(
    ("exptype", "closest"),
    [
        ("bkg", "background"),
        ("BKG", "background"),
        ("back", "background"),
        ("backgroud", "background"),
        ("ref-psf", "psf"),
        ("sci", "science"),
        ("guide star", "guide_star"),
        ("guidestar", "guide_star"),
    ],
)
def test_unknown_exptype_is_a_warning_with_the_closest_known_one(exptype: str, closest: str, lynx: Ruleset) -> None:
    message = f"A118 warning: the exptype of member 2 is {exptype!r}, which pipelines do not know"
    for asn_type in ("stack", None, "None", ""):
        data = association(asn_type, ["science", exptype])
        findings = [item for item in validate_bytes(data, "x", lynx) if item.code not in ("A113", WRONG_TYPE.code)]
        assert [str(item).partition(" ")[2] for item in findings] == [f"{message}; did you mean {closest}?"]


def test_unknown_exptype_similar_to_none_has_the_known_ones_as_hint(lynx: Ruleset) -> None:
    assert findings_of(association("stack", ["science", "dome"]), lynx) == [
        "A118 warning: the exptype of member 2 is 'dome', which pipelines do not know; "
        "known exptypes are science, background, psf, setup, guide_star"
    ]


@pytest.mark.parametrize("exptype", ["arc", "bkg", "guide star", "setup", "bias", "object"])
def test_exptypes_of_an_undeclared_asn_type_are_accepted(exptype: str, lynx: Ruleset) -> None:
    assert findings_of(association("spectrum", ["science", exptype]), lynx) == []
    assert findings_of(association("stack", ["science", exptype]), None) == []


def test_misspelled_exptype_of_the_format_is_reported_for_an_undeclared_asn_type(lynx: Ruleset) -> None:
    finding = "A118 warning: the exptype of member 2 is 'backgroud'; did you mean background?"
    assert findings_of(association("spectrum", ["science", "backgroud"]), lynx) == [finding]
    assert findings_of(association("stack", ["science", "backgroud"]), None) == [finding]


MASK = "product {} of the mask association has {}"


@pytest.mark.parametrize(
    ("asn_type", "products", "findings"),
    [
        ("mask", [["science", "psf", "setup", "setup"]], []),
        ("mask", [["science", "PSF", "setup", "Setup"]], None),
        (
            "mask",
            [["science", "setup", "setup"]],
            [f"A119 {MASK.format(1, 'no psf member')}; the star stays in the image"],
        ),
        (
            "mask",
            [["science", "psf", "setup"]],
            [f"A119 warning: {MASK.format(1, '1 setup member, where 2 is the minimum')}"],
        ),
        (
            "mask",
            [["science", "psf", *["setup"] * 4]],
            [f"A119 warning: {MASK.format(1, '4 setup members, where 3 is the maximum')}"],
        ),
        ("single", [["science", "psf"], ["science"]], []),
        (
            "single",
            [["science"], ["science", "science"]],
            [
                "A119 warning: product 2 of the single association has 2 science members, where 1 is the maximum; "
                "the others are ignored"
            ],
        ),
        ("elsewhere", [["science", "science"]], []),
    ],
)
def test_number_of_members_is_what_the_pipeline_needs(
    asn_type: str, products: list[list[str]], findings: list[str] | None, lynx: Ruleset
) -> None:
    result = findings_of(association(asn_type, *products), lynx)
    if findings is None:  # the pipeline ignores case, so members in upper case are counted
        assert {line[:4] for line in result} == {"A117"}
    else:
        assert result == findings


def test_members_of_a_product_without_the_keyword_are_not_counted(lynx: Ruleset) -> None:
    data = association("mask", []).replace(b', "members": []', b"")
    assert [line[:4] for line in findings_of(data, lynx)] == ["A110"]


@pytest.mark.parametrize(
    ("asn_type", "count", "findings"),
    [
        ("stack", 1, []),
        ("single", 3, []),
        ("elsewhere", 3, []),
        (
            "stack",
            3,
            [
                "A120 warning: the association has 3 products, of which stack_images makes only the first; "
                "write one association for each product"
            ],
        ),
    ],
)
def test_several_products_are_reported_if_the_pipeline_makes_only_the_first(
    asn_type: str, count: int, findings: list[str], lynx: Ruleset
) -> None:
    assert findings_of(association(asn_type, *[["science"]] * count), lynx) == findings


def test_members_of_products_that_the_pipeline_ignores_are_not_counted(lynx: Ruleset) -> None:
    result = findings_of(association("mask", ["science", "psf", "setup", "setup"], ["science"]), lynx)
    assert [line[:4] for line in result] == ["A120"]
    assert "the pipeline for mask makes only the first" in result[0]


@pytest.mark.parametrize(
    ("asn_type", "members", "findings"),
    [
        ("stack", [("science", "a_flat.fits"), ("science", "a_other.fits"), ("science", "raw.fits")], []),
        ("stack", [("science", "a_flat.fits"), ("psf", "b_raw.fits")], []),
        ("elsewhere", [("science", "a_raw.fits")], []),
        ("stack", [("science", "a_flat.fits"), ("science", "../raw/b_raw.fits.gz")], ["1 science member has", "raw"]),
        ("stack", [("science", "a_RAW.fits"), ("science", "b_raw.fits")], ["2 science members have", "raw"]),
        ("stack", [("science", "a_bias.fits")], ["1 science member has", "bias"]),
    ],
)
def test_members_of_another_calibration_level_are_one_warning_for_each_suffix(
    asn_type: str, members: list[Any], findings: list[str], lynx: Ruleset
) -> None:
    expected = []
    if findings:
        have, suffix = findings
        expected = [
            f"A122 warning: {have} the suffix '{suffix}', which stack_images does not accept; the suffix must be flat"
        ]
    assert findings_of(association(asn_type, members), lynx) == expected


NONE = "No known degraded exposures in association."
SOME = "One or more members have an error associated with them."
SAYS_NONE = "A123 warning: degraded_status says that no member has an error, but {}; write '{}'".replace("'", '"')
SAYS_SOME = (
    "A123 warning: degraded_status says that a member has an error, but the exposerr of every member says none; "
    f'write "{NONE}"'
)
NO_ERRORS = [None, "null", "NULL", "", "none", "None"]


@pytest.mark.parametrize(
    ("status", "errors", "findings"),
    [
        (NONE, NO_ERRORS, []),
        (NONE, [...], []),
        (SOME, ["Guiding lost", None], []),
        (SOME + "\nDetails can be found in exposerr.", ["Guiding lost"], []),
        (SOME, [..., None], []),
        (SOME, [...], []),
        ("Ask the observer.", ["Guiding lost"], []),
        (None, ["Guiding lost"], []),
        (NONE, ["Guiding lost", None], [SAYS_NONE.format("member 1 has the exposerr 'Guiding lost'", SOME)]),
        (
            NONE.lower(),
            [None, "a", "b"],
            [SAYS_NONE.format("member 2 has the exposerr 'a', and 1 other member has one", SOME)],
        ),
        (
            "All is well",
            ["a", "b", "c"],
            [SAYS_NONE.format("member 1 has the exposerr 'a', and 2 other members have one", SOME)],
        ),
        (SOME, NO_ERRORS, [SAYS_SOME]),
        (SOME + "\nDetails can be found in exposerr.", [None], [SAYS_SOME]),
        ("Not all is well.", ["-", "none"], [SAYS_SOME]),
        (f"  {SOME.replace(' ', '  ')} ", [None], [SAYS_SOME]),
    ],
)
def test_degraded_status_that_contradicts_exposerr_is_reported(
    status: str | None, errors: list[Any], findings: list[str], lynx: Ruleset
) -> None:
    members = [
        ("science", {"expname": f"{i}.fits", **({} if e is ... else {"exposerr": e})}) for i, e in enumerate(errors)
    ]
    assert findings_of(association("elsewhere", members, degraded_status=status), lynx) == findings


@pytest.mark.parametrize(
    ("asn_type", "exptypes", "codes"),
    [
        ("image2", ["SCIENCE", "BACKGROUND"], ["A117 warning", "A117 warning"]),
        ("spec2", ["SCIENCE", "Imprint"], ["A117 warning", "A117 warning"]),
        ("spec3", ["SCIENCE"], ["A117 warning"]),
        ("tso3", ["Science"], ["A117 warning"]),
        ("ami3", ["SCIENCE", "PSF"], ["A117 warning", "A117 warning"]),
        ("image3", ["SCIENCE"], ["A117 error"]),
        ("coron3", ["science"], ["A119 error"]),
        ("coron3", ["science", "psf"], []),
        ("ami3", ["science"], []),
        ("wfs-image3", ["science"], ["A119 warning"]),
        ("wfs-image3", ["science", "science"], []),
        ("spec2", ["science", "science"], ["A119 warning"]),
        ("spec2", ["science", "imprint", "sourcecat", "segmap", "direct_image", "selfcal"], []),
        ("spec3", ["science", "target_acquisition", "autowave", "autoflat", "dark", "flat", "engineering"], []),
        *(
            ("spec3", ["science", word], ["A118 warning"])
            for word in ("bkg", "bg", "back", "sky", "sci", "target", "obj")
        ),
        *(("coron3", ["science", "psf", word], ["A118 warning"]) for word in ("reference", "ref_psf", "ref", "tacq")),
    ],
)
def test_default_rule_set_declares_pipelines(
    asn_type: str, exptypes: list[str], codes: list[str], default: Ruleset
) -> None:
    findings = validate_bytes(association(asn_type, exptypes), "x", default)
    assert [f"{item.code} {item.severity}" for item in findings] == codes


@pytest.mark.parametrize(
    ("asn_type", "exptype", "right", "wrong"),
    [
        (
            "image3",
            "science",
            ["cal", "calints", "crf", "skymatch"],
            ["uncal", "ramp", "rate", "rateints", "i2d", "x1d"],
        ),
        ("coron3", "psf", ["cal", "calints"], ["rate", "rateints", "i2d"]),
        ("spec3", "science", ["cal", "calints"], ["rate", "uncal", "s2d", "s3d", "x1d"]),
        ("tso3", "science", ["cal", "calints"], ["rateints", "x1dints"]),
        ("spec3", "background", ["x1d", "c1d"], ["cal", "rate"]),
        ("spec3", "autowave", ["rate"], []),
        ("image2", "science", ["rate", "rateints"], ["uncal", "cal", "i2d"]),
        ("spec2", "background", ["rate"], ["x1d", "cal"]),
        ("tso-spec2", "science", ["rateints"], ["uncal", "calints"]),
    ],
)
def test_default_rule_set_declares_calibration_levels(
    asn_type: str, exptype: str, right: list[str], wrong: list[str], default: Ruleset
) -> None:
    def codes(suffix: str) -> list[str]:
        members = [("science", "a.fits"), ("psf", "b.fits"), (exptype, f"c_{suffix}.fits")]
        findings = validate_bytes(association(asn_type, members), "x", default)
        return [item.code for item in findings if item.code != "A119"]

    assert {suffix: codes(suffix) for suffix in right} == {suffix: [] for suffix in right}
    assert {suffix: codes(suffix) for suffix in wrong} == {suffix: ["A122"] for suffix in wrong}


def test_sample_associations_have_no_findings() -> None:
    folders = (Path(__file__).parents[2] / "data" / "expected").iterdir()
    files = sorted(file for folder in folders if folder.name not in OTHER_RULES for file in folder.glob("*.json"))
    assert len(files) == 100
    assert {file.name: result for file in files if (result := validate_file(file))} == {}


@pytest.mark.parametrize(
    ("asn_type", "closest"),
    [
        ("coron_3", "coron3"),
        ("Coron-3", "coron3"),
        ("image 3", "image3"),
        ("tso_spec2", "tso-spec2"),
        ("imag3", "image3"),
        ("image1", None),
        ("stack", None),
        ("svm-total", None),
        ("IMAGE3", None),
        ("", None),
    ],
)
def test_misspelled_asn_type_is_reported_and_other_undeclared_ones_are_accepted(
    default: Ruleset, asn_type: str, closest: str | None
) -> None:
    findings = validate_bytes(association(asn_type, ["science"]), "x", default)
    message = f"x:1:14: A124 warning: no rule set declares the asn_type '{asn_type}'; did you mean {closest}?"
    assert [str(item) for item in findings if item.code == "A124"] == ([] if closest is None else [message])


@pytest.mark.parametrize(
    ("asn_rule", "codes"),
    [("Skycell_Full", []), ("Asn_Lv3Image", ["A124"]), ("Visits", ["A124"]), ("DMS_Level3_Base", ["A124"])],
)
def test_asn_type_of_a_rule_of_another_installed_rule_set_is_not_misspelled(
    default: Ruleset, asn_rule: str, codes: list[str]
) -> None:
    content = association("image", ["science"], asn_rule=asn_rule)
    assert [item.code for item in validate_bytes(content, "x", default) if item.code == "A124"] == codes
