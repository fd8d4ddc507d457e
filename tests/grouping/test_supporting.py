"""Supporting exposures join the groups of their scope that they match."""

from __future__ import annotations

from support.observatory import groups, rule

SETUP = {"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "CAMERA", "OBS"]}}
BY_FIELD = {"field": {"column": "FIELD"}}
NO_SETUP = {"no_setup": {"not": {"use": "setup"}}}
IMAGE = rule(group_by=BY_FIELD, select=NO_SETUP, attach=SETUP)


def test_a_match_with_any_of_the_groups_own_exposures() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     1   .
    b    7        red    1     2   .
    c    7        red    2     2   .
    s    7        red    9     1   setup
    t    7        red    9     2   setup
    u    7        blue   9     2   setup
    v    8        red    9     2   setup
    w    7        red    9     3   setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a b", "s t"), ("z9", "2", "c", "t")]


def test_an_undefined_value_matches_nothing() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     .   .
    b    7        red    2     1   .
    s    7        red    9     .   setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a", ""), ("z9", "2", "b", "")]


def test_a_column_that_the_pool_lacks_matches_nothing() -> None:
    assert groups("FILE PROPOSAL CAMERA FIELD INTENT\na 7 red 1 .\ns 7 red 1 setup", IMAGE) == [("z9", "1", "a", "")]


def test_within_the_scope() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT CANDIDATES
    a    7        red    1     1   .      o1/night+c1/tile
    b    7        red    1     2   .      o2/night+c1/tile
    s    7        red    1     1   setup  o1/night
    t    7        red    1     2   setup  .
    """
    assert groups(table, IMAGE) == [
        ("c1", "1", "a b", ""),
        ("o1", "1", "a", "s"),
        ("o2", "1", "b", ""),
        ("z9", "1", "a b", "s t"),
    ]


def test_own_exposures_are_not_attached_and_none_twice() -> None:
    every = {"when": {"column": "FILE", "defined": "yes"}, "match": ["PROPOSAL"]}
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     1   .
    b    7        red    2     1   .
    s    7        red    3     1   setup
    """
    both = rule(group_by=BY_FIELD, select=NO_SETUP, attach={**SETUP, "every": every})
    assert groups(table, both) == [("z9", "1", "a", "b s"), ("z9", "2", "b", "a s")]


def test_an_exposure_that_cannot_be_used_supports_nothing() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     1   .
    s/   7        red    1     1   setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a", "")]


def test_values_match_without_letter_case() -> None:
    table = """
    FILE PROPOSAL CAMERA FIELD OBS INTENT
    a    7        red    1     x1  .
    s    7        RED    1     X1  setup
    """
    assert groups(table, IMAGE) == [("z9", "1", "a", "s")]
