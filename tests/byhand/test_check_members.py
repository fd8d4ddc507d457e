"""Whether the files of members exist."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.fits_files import lynx_mapping
from support.observatory import rule
from support.observatory import ruleset as lynx_ruleset

from asnforge.byhand.check_members import MemberChecker
from asnforge.findings import InputError
from asnforge.rules.pipelines import AsnType, Pipelines

FILES = ("out/here_flat.fits", "raw/a/ly007_1_red_flat.fits", "raw/b/here_flat.fits", "raw/z/ly007_2_red_spec.fits.gz")
STACK = AsnType("stack", "lynxstack", frozenset({"science", "background", "psf"}))


@pytest.fixture(autouse=True)
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in FILES:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).touch()


def checked(*members: str, folder: str | None = None, named: tuple[str, ...] = ()) -> list[str]:
    """The findings about members, each given as 'expname exptype'; line 3 is the first member."""
    pairs = [json.dumps(dict(zip(("expname", "exptype"), member.split(), strict=True))) for member in members]
    text = '{"asn_type": "stack", "asn_id": "o02", "asn_pool": "none",\n"products": [{"name": "p", "members": [\n'
    Path("out/x_asn.json").write_text(text + ",\n".join(pairs) + "]}]}")
    ruleset = replace(lynx_ruleset(), headers=lynx_mapping(), pipelines=Pipelines({"stack": STACK}))
    return [
        str(finding).removeprefix("out/x_asn.json:")
        for finding in MemberChecker(ruleset, folder, named).findings("out/x_asn.json")
    ]


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (["here_flat.fits science", "../raw/a/ly007_1_red_flat.fits background"], []),
        (["gone_flat.fits science"], ["3:13: G123 needs gone_flat.fits (science), which does not exist; download it"]),
        (
            ["her_flat.fits psf"],
            ["3:13: G123 warning: needs her_flat.fits (psf), which does not exist; did you mean here_flat.fits?"],
        ),
        (
            ["../raw/a/ly007_1_red_spec.fits background"],
            [
                "3:13: G123 warning: needs ../raw/a/ly007_1_red_spec.fits (background), which does not exist; "
                "there is ly007_1_red_flat.fits; run lynx-extract first"
            ],
        ),
        (
            ["../raw/z/ly007_2_red_spec.fits SCIENCE"],
            [
                "3:13: G123 needs ../raw/z/ly007_2_red_spec.fits (SCIENCE), which does not exist; "
                "did you mean ly007_2_red_spec.fits.gz?"
            ],
        ),
        (
            ["gone_flat.fits target_acquisition"],
            [
                "3:13: A133 warning: has gone_flat.fits (target_acquisition), which does not exist, but lynxstack does "
                "not read it"
            ],
        ),
        (
            ["here_flat.fits science", "../raw/b/here_flat.fits science"],
            [
                "4:13: A134 warning: here_flat.fits is also a member in another folder: {here}/out/here_flat.fits and "
                "{here}/raw/b/here_flat.fits; pipelines overwrite the files of one with those of the other; remove or "
                "rename one"
            ],
        ),
        (["here_flat.fits science", "./here_flat.fits background"], []),
    ],
)
def test_what_is_found_where_members_are_named(members: list[str], found: list[str], tmp_path: Path) -> None:
    assert checked(*members) == [finding.replace("{here}", str(tmp_path)) for finding in found]


def test_a_member_may_be_anywhere_below_the_folder_that_is_given() -> None:
    assert checked("ly007_1_red_flat.fits science", "gone.fits science", folder="raw") == [
        "4:13: G123 needs gone.fits (science), which is neither where it is named nor below raw; download it"
    ]


def test_a_file_elsewhere_in_a_folder_that_is_validated_is_named() -> None:
    assert checked("ly007_1_red_flat.fits science", named=("raw",)) == [
        "3:13: G123 needs ly007_1_red_flat.fits (science), which does not exist; there is "
        "raw/a/ly007_1_red_flat.fits; asnforge edit --locate writes its path"
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"products": 1}', '{"products": [{"members": [{"expname": 1}]}]}'])
def test_files_that_are_not_associations_have_no_findings_about_members(text: str) -> None:
    Path("x_asn.json").write_text(text)
    assert MemberChecker(lynx_ruleset()).findings("x_asn.json") == ()


def test_members_are_not_below_a_file() -> None:
    with pytest.raises(InputError) as refused:
        MemberChecker(lynx_ruleset(), "out/here_flat.fits")
    assert str(refused.value) == "out/here_flat.fits: A101 is not a folder, so no members are below it"


@pytest.mark.parametrize(
    ("asn_rule", "product_file", "member", "is_missing"),
    [
        ("Stack", "{product}.f", "p007_f01.f", False),
        ("Stack", "{product}.f", "P007_f01.f", False),
        ("Stack", "{product}.f", "p007_f02.f", True),
        ("Stack", "{product}_{camera}.f", "p007_f01_red.f", False),
        ("Stack", "bias_{camera}.f", "bias_red.f", False),
        ("Fields", "{product}.f", "p007_f01.f", True),
        ("Other", "{product}.f", "p007_f01.f", True),
    ],
)
def test_a_product_of_another_association_need_not_exist_yet(
    asn_rule: str, product_file: str, member: str, is_missing: bool
) -> None:
    rules = lynx_ruleset(rule("Fields", product_file=product_file), rule("Stack", product_of="Fields"))
    members = [{"expname": member, "exptype": "science"}]
    content = {"asn_type": "stack", "asn_rule": asn_rule, "products": [{"name": "p", "members": members}]}
    Path("out/x_asn.json").write_text(json.dumps(content))
    findings = MemberChecker(rules, products=["p007_f01"]).findings("out/x_asn.json")
    assert [finding.code for finding in findings] == ["G123"] * is_missing
