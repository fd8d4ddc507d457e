"""Whether pipelines can use an association: by the facts that a rule set declares of each asn_type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.observatory import write_ruleset

from asnforge.asnfiles.codes import WRONG_TYPE
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
    """An association of products, each a list of members: an exptype, or an exptype with an expname or other keywords."""
    value = {
        **({} if asn_type is None else {"asn_type": asn_type}),
        "asn_id": "o001",
        "asn_pool": "night.tsv",
        **keywords,
        "products": [
            {"name": f"p{place}", "members": [_member(number, *_parts(each)) for number, each in enumerate(members)]}
            for place, members in enumerate(products)
        ],
    }
    return json.dumps(value).encode()


def _parts(each: Any) -> tuple[Any, ...]:
    return each if isinstance(each, tuple) else (each,)


def _member(number: int, exptype: str, more: str | dict[str, Any] = "") -> dict[str, Any]:
    keywords = more if isinstance(more, dict) else {"expname": more or f"{number}.fits"}
    return {"expname": f"{number}.fits", "exptype": exptype, **keywords}


def said(data: bytes, ruleset: Ruleset | None) -> list[str]:
    """The findings without their places."""
    return [str(found).partition(" ")[2] for found in validate_bytes(data, "x", ruleset)]


CASE = "A117 {}the exptype of member {} is {!r}; {}"
WRITE = 'write "{}": {} compares exptype case-sensitively and ignores the member'
A_PIPELINE = 'write "{}": a pipeline that compares exptype case-sensitively ignores the member'
FORMAT = 'the format has "{}" in lower case'


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
def test_upper_case_is_an_error_only_where_the_pipeline_ignores_the_member(
    asn_type: str | None, exptypes: list[str], findings: list[str], lynx: Ruleset
) -> None:
    assert said(association(asn_type, exptypes), lynx) == findings


@pytest.mark.parametrize(
    ("exptype", "meant"),
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
def test_an_unknown_exptype_is_a_warning_that_says_what_was_meant(exptype: str, meant: str, lynx: Ruleset) -> None:
    message = f"A118 warning: the exptype of member 2 is {exptype!r}, which pipelines do not know"
    for asn_type in ("stack", None, "None", ""):
        data = association(asn_type, ["science", exptype])
        found = [each for each in validate_bytes(data, "x", lynx) if each.code not in ("A113", WRONG_TYPE.code)]
        assert [str(each).partition(" ")[2] for each in found] == [f'{message}; did you mean "{meant}"?']


def test_an_unknown_exptype_that_resembles_none_comes_with_the_known_ones(lynx: Ruleset) -> None:
    assert said(association("stack", ["science", "dome"]), lynx) == [
        "A118 warning: the exptype of member 2 is 'dome', which pipelines do not know; "
        "known exptypes are science, background, psf, setup, guide_star"
    ]


@pytest.mark.parametrize("exptype", ["arc", "bkg", "guide star", "setup", "bias", "object"])
def test_exptypes_of_another_observatory_are_not_judged(exptype: str, lynx: Ruleset) -> None:
    assert said(association("spectrum", ["science", exptype]), lynx) == []
    assert said(association("stack", ["science", exptype]), None) == []


def test_only_words_close_to_those_of_the_format_are_reported_of_another_observatory(lynx: Ruleset) -> None:
    finding = "A118 warning: the exptype of member 2 is 'backgroud'; did you mean \"background\"?"
    assert said(association("spectrum", ["science", "backgroud"]), lynx) == [finding]
    assert said(association("stack", ["science", "backgroud"]), None) == [finding]


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
def test_a_product_has_the_members_that_its_pipeline_needs(
    asn_type: str, products: list[list[str]], findings: list[str] | None, lynx: Ruleset
) -> None:
    found = said(association(asn_type, *products), lynx)
    if findings is None:  # members in upper case count for a pipeline that ignores case
        assert {each[:4] for each in found} == {"A117"}
    else:
        assert found == findings


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
def test_several_products_are_reported_where_the_pipeline_makes_only_the_first(
    asn_type: str, count: int, findings: list[str], lynx: Ruleset
) -> None:
    assert said(association(asn_type, *[["science"]] * count), lynx) == findings


def test_members_of_products_that_the_pipeline_does_not_make_are_not_counted(lynx: Ruleset) -> None:
    found = said(association("mask", ["science", "psf", "setup", "setup"], ["science"]), lynx)
    assert [each[:4] for each in found] == ["A120"]
    assert "the pipeline for mask makes only the first" in found[0]


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
def test_files_of_another_calibration_level_are_one_warning_for_each_suffix(
    asn_type: str, members: list[Any], findings: list[str], lynx: Ruleset
) -> None:
    expected = []
    if findings:
        have, suffix = findings
        expected = [
            f"A122 warning: {have} the suffix '{suffix}', which stack_images does not take; the suffix must be flat"
        ]
    assert said(association(asn_type, members), lynx) == expected


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
def test_degraded_status_agrees_with_the_exposerr_of_members(
    status: str | None, errors: list[Any], findings: list[str], lynx: Ruleset
) -> None:
    members = [
        ("science", {"expname": f"{i}.fits", **({} if e is ... else {"exposerr": e})}) for i, e in enumerate(errors)
    ]
    assert said(association("elsewhere", members, degraded_status=status), lynx) == findings


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
def test_the_default_rule_set_knows_its_pipelines(
    asn_type: str, exptypes: list[str], codes: list[str], default: Ruleset
) -> None:
    found = validate_bytes(association(asn_type, exptypes), "x", default)
    assert [f"{each.code} {each.severity}" for each in found] == codes


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
def test_the_default_rule_set_knows_the_calibration_levels(
    asn_type: str, exptype: str, right: list[str], wrong: list[str], default: Ruleset
) -> None:
    def codes(suffix: str) -> list[str]:
        members = [("science", "a.fits"), ("psf", "b.fits"), (exptype, f"c_{suffix}.fits")]
        return [
            each.code for each in validate_bytes(association(asn_type, members), "x", default) if each.code != "A119"
        ]

    assert {suffix: codes(suffix) for suffix in right} == {suffix: [] for suffix in right}
    assert {suffix: codes(suffix) for suffix in wrong} == {suffix: ["A122"] for suffix in wrong}


def test_every_sample_association_is_without_a_finding() -> None:
    files = sorted((Path(__file__).parents[2] / "data" / "expected").glob("*/*.json"))
    assert len(files) > 100
    assert {file.name: found for file in files if (found := validate_file(file))} == {}


@pytest.mark.parametrize(
    ("asn_type", "near"),
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
def test_a_misspelled_asn_type_is_reported_and_that_of_another_observatory_is_not(
    default: Ruleset, asn_type: str, near: str | None
) -> None:
    found = [
        str(each) for each in validate_bytes(association(asn_type, ["science"]), "x", default) if each.code == "A124"
    ]
    message = (
        f"x:1:14: A124 warning: the asn_type is '{asn_type}', which no rule set declares; did you mean \"{near}\"?"
    )
    assert found == ([] if near is None else [message])
