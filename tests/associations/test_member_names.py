"""Member file names."""

from __future__ import annotations

import numpy as np
import pytest
from support.observatory import Content, generated, members, pool, rule, ruleset

from asnforge.associations.member_names import MemberNamer
from asnforge.findings import InputError
from asnforge.generation.engine import generate
from asnforge.grouping.evaluate import Evaluators
from asnforge.grouping.prepared_pool import prepare_pool


def names(table: str, *rules: Content, **shared: object) -> list[str]:
    (association,) = generate(pool(table), ruleset(*(rules or (rule(),)), **shared)).associations
    return members(association)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a_raw.fits", "a_flat.fits"),
        ("A1_RAW.FITS", "A1_flat.FITS"),
        ("a_raw.fits.gz", "a_flat.fits.gz"),
        ("a_raw_raw.fits", "a_raw_flat.fits"),
        ("a_raw", "a_raw"),
        ("_raw.fits", "_raw.fits"),
        ("{a}_raw.fits", "{a}_flat.fits"),
        ("é_raw.fits", "é_flat.fits"),
    ],
)
def test_name_of_a_member(file: str, name: str) -> None:
    assert names(f"FILE PROPOSAL CAMERA\n{file} 7 red") == [f"{name} science"]


def test_name_that_does_not_match_is_kept_with_a_warning() -> None:
    generation = generated("FILE PROPOSAL CAMERA\na.fits 7 red\nb_raw.fits 7 red\nc.fits . red", rule())
    assert members(generation.associations[0]) == ["a.fits science", "b_flat.fits science"]
    assert [str(finding) for finding in generation.findings if finding.code == "G105"] == [
        "nights/night.tsv:2: G105 warning: FILE a.fits does not match the file names of lynx; kept unchanged"
    ]


@pytest.mark.parametrize("file", ["a_raw.fits", "A_Raw.FITS.gz", "a", "a.", ".fits", "é%s{root}.f"])
def test_members_without_a_template_have_the_file_names_of_the_pool(file: str) -> None:
    lynx = ruleset(rule(), members={"suffix": None, "name": None})
    generation = generate(pool(f"FILE PROPOSAL CAMERA\n{file} 7 red"), lynx)
    assert members(generation.associations[0]) == [f"{file} science"]
    assert [finding for finding in generation.findings if finding.code == "G105"] == []


@pytest.mark.parametrize(("file", "name"), [("a.b.fits", "a.b_flat.fits"), ("a", "a_flat")])
def test_template_without_a_suffix_changes_every_name(file: str, name: str) -> None:
    template = {"suffix": None, "name": "{root}_{level}{extension}"}
    assert names(f"FILE PROPOSAL CAMERA\n{file} 7 red", members=template) == [f"{name} science"]


def test_derived_columns_are_part_of_the_name() -> None:
    table = """
    FILE   PROPOSAL CAMERA SKY
    a_raw.f 7       red    .
    b_raw.f 7       red    yes
    """
    assert names(table) == ["a_flat.f science", "b_spectrum.f background"]


def test_rule_can_have_its_own_template() -> None:
    template = {"member_name": "{level}-{root}{{x}}{extension}"}
    assert names("FILE PROPOSAL CAMERA\na_raw.f 7 red", rule(**template)) == ["flat-a{x}.f science"]


def test_repeated_member_is_named_by_its_second_exptype() -> None:
    repeat = rule(repeat=[{"members": "science", "as": "background"}])
    assert names("FILE PROPOSAL CAMERA\na_raw.f 7 red", repeat) == ["a_flat.f science", "a_spectrum.f background"]


def test_attached_member_is_named_by_its_exptype() -> None:
    attach = {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL"], "as": "background"}}
    image = rule(select={"no": {"not": {"use": "setup"}}}, attach=attach)
    table = "FILE PROPOSAL CAMERA INTENT SKY\na_raw.f 7 red . .\ns_raw.f 7 red setup .\nt_raw.f 7 red . yes"
    assert names(table, image) == ["a_flat.f science", "s_spectrum.f background", "t_spectrum.f background"]


def test_overridden_exptype_names_the_member() -> None:
    image = rule(take_as={"exptype": "science"})
    assert names("FILE PROPOSAL CAMERA SKY\na_raw.f 7 red yes", image) == ["a_flat.f science"]


def test_too_many_exptypes_are_an_error() -> None:
    cases = {"cases": [{"when": {"column": "FILE", "defined": "yes"}, "copy": "FILE"}]}
    members = {"exptype": "own"}
    derived = {"own": cases}
    rows = "\n".join(f"a{number} 7 red" for number in range(5000))
    with pytest.raises(InputError) as stop:
        generate(pool(f"FILE PROPOSAL CAMERA\n{rows}"), ruleset(rule(), members=members, derived=derived))
    (finding,) = stop.value.findings
    assert (finding.code, finding.line) == ("G115", 1)
    assert finding.message == "Image names members in more than 1048576 ways, or gives them more than 4096 exptypes"


def test_derived_column_can_be_part_of_the_file_name() -> None:
    number = {"cases": [{"copy": "FILE", "matching": r"[a-z]+(\d+)?_raw\..+"}]}
    facts = {"members": {"name": "{root}+{number}{extension}"}, "derived": {"number": number}}
    assert names("FILE PROPOSAL CAMERA\na_raw.f 7 red\nb2_raw.f 7 red", **facts) == [
        "a+.f science",
        "b2+2.f science",
    ]


def test_file_with_two_spellings_has_one_name() -> None:
    table = "FILE PROPOSAL CAMERA CANDIDATES\nab_raw.f 7 red o1/night\nAB_raw.f 7 red o2/night"
    spelled = [members(association) for association in generated(table, rule()).associations]
    assert spelled == [["AB_flat.f science"]]


@pytest.mark.parametrize("sizes", [{}, {"most_pairs": 0}, {"dense": 0}, {"most_pairs": 0, "dense": 0}])
def test_numbers_of_names_do_not_depend_on_sizes(sizes: dict[str, int]) -> None:
    table = "FILE PROPOSAL CAMERA SKY\na_raw.f 7 red .\na_flat.f 7 red .\nb_raw.f 7 red yes\nb_raw.g 7 red ."
    lynx = ruleset(rule())
    prepared = prepare_pool(pool(table), lynx)
    namer = MemberNamer(prepared, lynx)
    evaluator = Evaluators(prepared, lynx).for_rule(None)
    rows = np.arange(len(prepared))
    template_ids = namer.template_ids("{root}_{level}{extension}", evaluator)
    namer.number_names([(rows, template_ids)], **sizes)
    numbers = namer.numbers(rows, template_ids).tolist()
    assert [namer.name(row, template_ids[row]) for row in rows.tolist()] == [
        "a_flat.f",
        "a_flat.f",
        "b_spectrum.f",
        "b_flat.g",
    ]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3
    assert namer.shared.shape == (2, 1)
