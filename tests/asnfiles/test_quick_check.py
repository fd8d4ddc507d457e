"""The quick check decides that an association has no problems, and only where the other checks find none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.observatory import generated, rule, ruleset

from asnforge.asnfiles.association_text import encode
from asnforge.asnfiles.pipeline_checks import PipelineChecker
from asnforge.asnfiles.quick_check import QuickCheck
from asnforge.asnfiles.validate import validate_bytes
from asnforge.rules.pipelines import AsnType, MemberCount, Pipelines, Suffixes

PIPELINES = Pipelines(
    asn_types={
        "stack": AsnType("stack", suffixes={"science": Suffixes(("flat",), ("raw", "dark"))}),
        "mask": AsnType("mask", first_product_only=True, require=(MemberCount("psf", 1, 1),)),
    },
    exptypes={"science": (), "psf": (), "setup": ()},
    not_degraded="All is well.",
    degraded="Not all is well.",
)
SCIENCE, PSF = {"expname": "a_flat.f", "exptype": "science"}, {"expname": "b_flat.f", "exptype": "psf"}


def association(*members: dict[str, Any], products: int = 1, **keywords: Any) -> dict[str, Any]:
    several = [{"name": f"p{number}", "members": list(members or (SCIENCE,))} for number in range(products)]
    return {"asn_id": "o1", "asn_pool": "night.tsv", "asn_type": "stack", "products": several, **keywords}


def usual_text(value: object) -> bytes:
    return json.dumps(value, indent=4, ensure_ascii=False).encode() + b"\n"


def is_decided(data: bytes) -> bool:
    return QuickCheck(PipelineChecker((PIPELINES,))).read(data) is not None


@pytest.mark.parametrize(
    "value",
    [
        association(),
        association(SCIENCE, PSF, asn_type="mask"),
        association(products=2),
        association(asn_type="another telescope's"),
        association(SCIENCE | {"exposerr": None}, degraded_status="All is well."),
        association(SCIENCE | {"exposerr": "clouds"}, degraded_status="Not all is well."),
        association(SCIENCE, degraded_status="Who knows."),
        association(SCIENCE, PSF | {"expname": "b_raw.f"}),
        association(SCIENCE | {"expname": "a_rawer.f"}),
    ],
)
def test_an_association_without_problems_is_decided(value: dict[str, Any]) -> None:
    assert is_decided(usual_text(value))
    assert not findings(usual_text(value))


@pytest.mark.parametrize(
    "value",
    [
        association(degraded_statu="All is well."),
        association(asn_type="stak"),
        association(asn_type=""),
        association(SCIENCE, SCIENCE),
        association(SCIENCE, PSF | {"exptype": "PSF"}),
        association(SCIENCE, PSF | {"exptype": "psv"}),
        association(SCIENCE, PSF | {"exposer": "clouds"}),
        association(SCIENCE | {"expname": "A_RAW.f"}),
        association(SCIENCE | {"expname": "a_dark"}),
        association(asn_type="mask"),
        association(SCIENCE, PSF, asn_type="mask", products=2),
        association(SCIENCE | {"exposerr": "clouds"}, degraded_status="All is well."),
        association(SCIENCE | {"exposerr": None}, degraded_status="Not all is well."),
        association(products=0),
        association(PSF),
    ],
)
def test_an_association_with_a_problem_is_not_decided(value: dict[str, Any]) -> None:
    assert not is_decided(usual_text(value))
    assert findings(usual_text(value))


@pytest.mark.parametrize(
    "data",
    [
        usual_text(association()).replace(b'    "asn_id"', b'    "asn_id": "o2",\n    "asn_id"'),
        usual_text(association()).replace(b"o1", b"\\ud800"),
        usual_text(association())[:-5],
        usual_text(association()).replace(b"night", b"\xff"),
        b"",
        b"[" * 5000,
    ],
    ids=["repeated keyword", "lone surrogate", "cut off", "not UTF-8", "empty", "nested"],
)
def test_other_text_is_not_decided(data: bytes) -> None:
    assert not is_decided(data)


def findings(data: bytes) -> tuple[object, ...]:
    return validate_bytes(data, "x_asn.json", RULESET)


RULESET = replace(ruleset(rule()), pipelines=PIPELINES)

VALUES = st.sampled_from(
    ["", "science", "psf", "PSF", "a_raw.f", "a_flat.f", "All is well.", "Not all is well.", None, 7]
)
MEMBERS = st.dictionaries(st.sampled_from(["expname", "exptype", "exposerr", "asn_candidate", "exposer"]), VALUES)
PRODUCTS = st.fixed_dictionaries(
    {"members": st.lists(st.just(SCIENCE) | st.just(PSF) | MEMBERS, max_size=3)}, optional={"name": VALUES}
)
KEYWORDS = st.dictionaries(
    st.sampled_from(["asn_type", "degraded_status", "target", "targe", "version_id"]),
    VALUES | st.just("mask") | st.just("stack"),
)


@given(KEYWORDS, st.lists(PRODUCTS, max_size=2))
def test_what_is_decided_has_no_findings(keywords: dict[str, Any], products: list[Any]) -> None:
    data = usual_text({**association(), **keywords, "products": products})
    assert not is_decided(data) or not findings(data)


def test_generated_associations_are_decided() -> None:
    (one,) = generated("FILE PROPOSAL CAMERA\na_raw.f 7 red\nb_raw.f 7 red", rule()).associations
    assert is_decided(encode(one))
