"""Associations by hand from FITS files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.fits_files import lynx_mapping, write_fits
from support.observatory import ruleset as lynx_ruleset

from asnforge.byhand.compose import NewOptions
from asnforge.byhand.given_files import Given
from asnforge.byhand.new import NewAssociation, new_associations
from asnforge.findings import InputError
from asnforge.rules.displayed_columns import SetupColumns
from asnforge.rules.pipelines import AsnType, Pipelines, Suffixes
from asnforge.rules.ruleset import Ruleset

KEYS: dict[str, Any] = {"program": {"column": "PROGRAM"}, "camera": {"column": "CAMERA"}}
SCIENCE_TARGET: dict[str, Any] = {"field": {"column": "TARGET", "when": {"use": "science"}}}


def _rule(name: str, asn_type: str, mode: str, keys: Mapping[str, Any], **blocks: Any) -> dict[str, Any]:
    content = {"rule": name, "title": name, "asn_type": asn_type, "product": "usual", **blocks}
    return content | {"select": {"mode": {"column": "MODE", "is": mode}}, "group_by": {**KEYS, **keys}}


_SETUP = SetupColumns(("COLOR", "MODE"))
FLAT = Suffixes(("flat",), ("raw", "spectrum"))
SPECTRUM = Suffixes(("spectrum",), ("raw", "flat"))
PIPELINES = Pipelines(
    {
        "stack": AsnType("stack", "lynxstack", frozenset({"science"}), suffixes={"science": FLAT}),
        "slit": AsnType("slit", "lynxslit", suffixes={"science": FLAT, "background": SPECTRUM}),
    },
    {"science": (), "background": ("bkg",), "psf": (), "setup": ()},
)
FILES = {
    "red1": {"MODE": "IMAGE", "COLOR": "RED", "OBJECT": "CAT"},
    "red2": {"MODE": "IMAGE", "COLOR": "RED", "OBJECT": "CAT"},
    "redcub": {"MODE": "IMAGE", "COLOR": "RED", "OBJECT": "CUB"},
    "blue1": {"MODE": "IMAGE", "COLOR": "BLUE", "OBJECT": "CAT"},
    "slit1": {"MODE": "SLIT", "COLOR": "RED", "OBJECT": "CAT"},
    "slit2": {"MODE": "SLIT", "COLOR": "BLUE", "OBJECT": "CAT"},
    "sky1": {"MODE": "SLIT", "COLOR": "RED", "OBJECT": "VOID", "SKY": "T"},
    "sky2": {"MODE": "SLIT", "COLOR": "GREEN", "OBJECT": "VOID", "SKY": "T"},
    "star": {"MODE": "MASK", "COLOR": "RED", "OBJECT": "CAT"},
    "odd": {"MODE": "ODD", "COLOR": "RED", "OBJECT": "CAT"},
}
NUMBERS = {name: f"ly007_{number}_red" for number, name in enumerate(FILES, 1)}


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    made = lynx_ruleset(
        _rule("Image", "stack", "image", {"field": {"column": "TARGET"}, "band": {"column": "COLOR"}}),
        _rule("Slit", "slit", "slit", SCIENCE_TARGET),
        _rule("Mask", "stack", "mask", {}, require={"psf": {"members": "psf"}}),
    )
    return replace(made, headers=lynx_mapping(), pipelines=PIPELINES)


@pytest.fixture(autouse=True)
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A calibrated file of each exposure; the sky and the second slit have spectra next to it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    for name, cards in FILES.items():
        for suffix in ("flat", "spectrum") if name in ("sky1", "sky2", "slit2") else ("flat",):
            write_fits(Path(file(name, suffix)), PROG="007", OBSNO="02", CAM="RED", **cards)


def file(name: str, suffix: str = "flat") -> str:
    return f"raw/{NUMBERS[name]}_{suffix}.fits"


def make(
    rules: Ruleset, science: Sequence[str], output: str = "x_asn.json", roles: Mapping[str, Any] = {}, **options: Any
) -> tuple[NewAssociation, ...]:
    given = [Given("science", tuple(map(file, science)))]
    given += [Given(exptype, tuple(map(file, names))) for exptype, names in roles.items()]
    return new_associations(given, rules, output, NewOptions(**options))


def shown(made: NewAssociation) -> list[str]:
    """The path, rule, asn_type and product of an association, then its members."""
    content = made.association.content
    (product,) = content["products"]
    head = f"{made.association.path} {content['asn_rule']} {content['asn_type']} {product['name']}"
    short = {number: name for name, number in NUMBERS.items()}
    members = []
    for member in product["members"]:
        number, _, suffix = member["expname"].removeprefix("raw/").rpartition("_")
        members.append(f"{short[number]}_{suffix.removesuffix('.fits')} {member['exptype']}")
    return [head, *members]


@pytest.mark.parametrize(
    ("science", "roles", "expected"),
    [
        (["red1", "red2"], {}, ["Image stack p007-z9_f01_red_red", "red1_flat science", "red2_flat science"]),
        (["slit2"], {}, ["Slit slit p007-z9_f01_red_open", "slit2_flat science"]),
        (
            ["slit1", "slit2"],
            {"background": ["sky1"]},
            ["Slit slit p007-z9_f01_red_open", "slit1_flat science", "slit2_flat science", "sky1_spectrum background"],
        ),
        (
            ["slit1"],
            {"background": ["slit2"]},
            ["Slit slit p007-z9_f01_red_open", "slit1_flat science", "slit2_spectrum background"],
        ),
        (
            ["slit2"],
            {"background": ["slit2"]},
            ["Slit slit p007-z9_f01_red_open", "slit2_flat science", "slit2_spectrum background"],
        ),
        (["sky1"], {}, ["Slit slit p007-z9_f01_red_open", "sky1_flat science"]),
        (["star"], {"psf": ["redcub"]}, ["Mask stack p007-z9_f00_red_open", "star_flat science", "redcub_flat psf"]),
    ],
)
def test_the_rule_gives_type_name_and_products(
    rules: Ruleset, science: list[str], roles: dict[str, list[str]], expected: list[str]
) -> None:
    (made,) = make(rules, science, roles=roles)
    head, *members = shown(made)
    assert [head.removeprefix("x_asn.json "), *members] == expected


RED1, REDCUB, ODD, BLUE1, STAR = map(file, ("red1", "redcub", "odd", "blue1", "star"))


@pytest.mark.parametrize(
    ("science", "options", "findings"),
    [
        (["red1", "redcub"], {}, [f"{RED1}: A137 warning: the science exposures differ in TARGET (1: 1, 2: 1)"]),
        (
            ["red1", "blue1"],
            {"product": "mine"},
            [f"{RED1}: A137 warning: the science exposures differ in COLOR (RED: 1, BLUE: 1)"],
        ),
        (["star"], {}, ["A141 warning: for Mask, the association has no psf member"]),
        (
            ["red1", "odd"],
            {"rule": "image"},
            [f"{ODD}: A136 warning: Image would not take it: constraint mode requires MODE to be image, found ODD"],
        ),
        (["red1"], {"rule": "Image"}, []),
    ],
)
def test_what_the_rule_would_not_do_is_a_warning(
    rules: Ruleset, science: list[str], options: dict[str, Any], findings: list[str]
) -> None:
    with_setup = replace(rules, setup=_SETUP)
    (made,) = make(with_setup, science, **options)
    assert [str(finding) for finding in made.findings] == findings
    assert len(shown(made)) == len(science) + 1


@pytest.mark.parametrize(
    ("science", "options", "message"),
    [
        (
            ["red1", "blue1"],
            {},
            f"{RED1}: A137 the science exposures differ in COLOR (RED: 1, BLUE: 1); --split COLOR makes an association of "
            "each; --product NAME combines them under a name",
        ),
        (
            ["red1", "odd"],
            {},
            "A135 no rule takes all science exposures; Image takes 1 of 2\n"
            f"{ODD}: A136 Image would not take it: constraint mode requires MODE to be image, found ODD; leave it out, or "
            "choose a rule with --rule",
        ),
        (
            ["odd"],
            {},
            f"{ODD}: A135 no rule takes the exposure: Image constraint mode requires MODE to be image, found ODD, Mask "
            "constraint mode requires MODE to be mask, found ODD; choose a rule with --rule",
        ),
        (["red1"], {"rule": "Imge"}, "R201 there is no rule Imge in lynx; did you mean Image?"),
        (["red1"], {"split": ("COLUR",)}, "A139 headers make no column COLUR; did you mean COLOR?"),
        (["red1"], {"roles": {"bkg": ["sky1"]}}, "A138 there is no exptype bkg; did you mean background?"),
    ],
)
def test_what_cannot_be_made(rules: Ruleset, science: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        make(replace(rules, setup=_SETUP), science, **options)
    assert str(refused.value) == message


def test_a_split_makes_an_association_of_each_combination(rules: Ruleset) -> None:
    made = make(rules, ["slit1", "slit2"], "a/x_asn.json", {"background": ["sky1", "sky2"]}, split=("color",))
    assert [each.association.path for each in made] == ["a/x_blue_asn.json", "a/x_red_asn.json"]
    members = [
        [Path(member["expname"]).name for member in each.association.content["products"][0]["members"]] for each in made
    ]
    assert members == [
        [f"{NUMBERS['slit2']}_flat.fits"],
        [f"{NUMBERS['slit1']}_flat.fits", f"{NUMBERS['sky1']}_spectrum.fits"],
    ]
    assert [str(finding) for finding in made[0].findings] == [
        f"{file('sky2')}: A140 warning: no science exposure has the same color, so this background exposure is in no "
        "association"
    ]


def test_a_folder_has_files_named_after_products(rules: Ruleset) -> None:
    Path("out").mkdir()
    made = make(rules, ["red1", "blue1"], "out", split=("COLOR", "MODE"), product="mine {x}")
    assert [each.association.path for each in made] == ["out/minex_blue-image_asn.json", "out/minex_red-image_asn.json"]


def test_a_missing_product_of_science_is_an_error_and_of_others_a_warning(rules: Ruleset) -> None:
    Path(file("red1")).rename(file("red1", "raw"))
    with pytest.raises(InputError) as refused:
        new_associations([Given("science", (file("red1", "raw"),))], rules, "x_asn.json", NewOptions())
    raw = file("red1", "raw")
    assert str(refused.value) == (
        f"{raw}: G123 needs {Path(RED1).name} (science), which does not exist; there is {Path(raw).name}; run lynx-flatten "
        "first"
    )
    (made,) = make(rules, ["slit2"], roles={"background": ["slit1"]})
    slit = file("slit1")
    assert [str(finding) for finding in made.findings] == [
        f"{slit}: G123 warning: needs {Path(file('slit1', 'spectrum')).name} (background), which does not exist; there is "
        f"{Path(slit).name}"
    ]
    assert made.association.content["products"][0]["members"][1]["expname"] == file("slit1", "spectrum")


def test_a_path_without_exposures_is_an_error(rules: Ruleset) -> None:
    write_fits(Path("raw/dome_mask.fits"), MODE="IMAGE")
    for path, message in (
        ("raw/dome_mask.fits", "raw/dome_mask.fits: P130 no exposures: masks (1)"),
        ("nowhere.fits", "P120 there is no nowhere.fits"),
    ):
        with pytest.raises(InputError) as refused:
            new_associations([Given("science", (RED1, path))], rules, "x_asn.json", NewOptions())
        assert str(refused.value) == message
