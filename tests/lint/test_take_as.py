"""Lint of rules with take_as, which changes exposure types before the rule reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.observatory import rule, write_ruleset

from asnforge.lint.check_rules import check_rules

TAKEN = {"exptype": "science"}
ROLE = {
    "cases": [
        {"when": {"column": "KIND", "is": "bias"}, "value": "bias"},
        {"when": {"column": "KIND", "is": "sky"}, "value": "background"},
        {"when": {"column": "KIND", "is": "star"}, "value": "psf"},
        {"value": "science"},
    ]
}
LIGHT = {"cases": [{"when": {"column": "role", "is": "bias"}, "value": "dark"}, {"value": "lit"}]}
DERIVED = {
    "role": ROLE,
    "light": LIGHT,
    "copied": {"cases": [{"copy": "role"}]},
    "deep": {"cases": [{"when": {"column": "light", "is": "dark"}, "value": "d"}, {"value": "l"}]},
    "level": {"cases": [{"when": {"column": "deep", "is": "x"}, "copy": "copied"}, {"value": "raw"}]},
}
BIASES = {"bias": {"when": {"column": "role", "is": "bias"}, "match": ["CAMERA"]}}


def errors(folder: Path, conditions: dict[str, Any] | None = None, **blocks: Any) -> list[str]:
    """The messages of the errors of a rule set with one rule."""
    more = {"conditions": {"dark_frame": {"column": "role", "is": "bias"}, **(conditions or {})}}
    write_ruleset(folder, rule(**blocks), derived=DERIVED, **more)
    return [
        f"{one.code} {one.message}"
        for one in check_rules(folder).findings
        if one.file.endswith("image.yaml") and one.severity == "error"
    ]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ({"column": "role", "is": "background"}, "ROLE is background"),
        ({"column": "role", "in": ["bias", "psf"]}, "ROLE is one of bias, psf"),
        ({"column": "role", "matches": "b.*"}, "ROLE matches b.*"),
        ({"not": {"column": "role", "is": "science"}}, "ROLE is not science"),
        ({"use": "dark_frame"}, "dark frame"),
        ({"all": [{"use": "dark_frame"}, {"column": "CAMERA", "is": "red"}]}, "dark frame and CAMERA is red"),
        ({"column": "light", "is": "dark"}, "LIGHT is dark"),
        ({"column": "deep", "is": "d"}, "DEEP is d"),
        ({"column": "copied", "is": "psf"}, "COPIED is psf"),
    ],
)
def test_constraint_that_contradicts_take_as(tmp_path: Path, select: dict[str, Any], message: str) -> None:
    plain = errors(tmp_path / "plain", select={"some": select})
    assert not any(message.startswith("R301") for message in plain)
    assert errors(tmp_path, select={"some": select}, take_as=TAKEN) == [
        f"R301 no exposure passes some of rule Image: '{message}' is never true, because take_as makes every exposure science"
    ]


def test_excepted_exptype_can_be_selected(tmp_path: Path) -> None:
    both = {"some": {"column": "role", "in": ["science", "bias"]}}
    taken = {**TAKEN, "except": ["BIAS"]}
    assert errors(tmp_path, select=both, take_as=taken) == []


def test_attachment_that_contradicts_take_as(tmp_path: Path) -> None:
    assert errors(tmp_path / "plain", attach=BIASES) == []
    assert errors(tmp_path / "except", attach=BIASES, take_as={**TAKEN, "except": ["bias"]}) == []
    assert errors(tmp_path, attach=BIASES, take_as=TAKEN) == [
        "R301 no exposure passes bias of rule Image: 'ROLE is bias' is never true, because take_as makes every exposure science"
    ]


@pytest.mark.parametrize("exptype", ["psf", "PSF"])
def test_required_members_that_contradict_take_as(tmp_path: Path, exptype: str) -> None:
    need = {"stars": {"members": exptype}}
    assert errors(tmp_path / "plain", require=need) == []
    assert errors(tmp_path / "except", require=need, take_as={**TAKEN, "except": ["psf"]}) == []
    assert errors(tmp_path, require=need, take_as=TAKEN) == [
        "R309 no group of Image meets stars: a psf member, but its members can only be science, "
        "because take_as makes every exposure science"
    ]


def test_members_of_attachments_and_repeats_can_be_required(tmp_path: Path) -> None:
    attach = {"stars": {"when": {"column": "KIND", "is": "star"}, "match": ["CAMERA"], "as": "psf"}}
    assert errors(tmp_path / "attach", attach=attach, require={"stars": {"members": "psf"}}, take_as=TAKEN) == []
    repeat = [{"members": "science", "as": "background"}]
    assert errors(tmp_path / "repeat", repeat=repeat, require={"sky": {"members": "background"}}, take_as=TAKEN) == []


def test_rule_without_science_members_is_an_error(tmp_path: Path) -> None:
    select = {"bias": {"column": "role", "is": "bias"}}
    (message,) = errors(tmp_path, select=select)
    assert message == "R309 no group of Image meets science: a science member, but its members can only be bias"


def test_excepted_exptype_must_be_known(tmp_path: Path) -> None:
    write_ruleset(tmp_path, rule(take_as={**TAKEN, "except": ["bais"]}), derived=DERIVED)
    (finding,) = [one for one in check_rules(tmp_path).findings if one.code == "R312"]
    assert (finding.message, finding.hint) == ("no exposure has the exptype bais", "did you mean bias?")
