"""The keyword ``constraints``: what bound a group, line by line."""

from __future__ import annotations

from typing import Any

import pytest
from support.observatory import Content, generated, rule

TABLE = """
FILE PROPOSAL CAMERA BAND GRID FIELD
a    7        red    g    fine 1
b    7        red    r    .    1
c    7        red    R    .    1
"""


def text(**blocks: Any) -> str:
    (association,) = generated(TABLE, rule(**blocks)).associations
    return association.constraints


def test_the_layout() -> None:
    keys = {"field": {"column": "FIELD"}, "slit": {"column": "SLIT", "optional": "yes"}}
    assert text(group_by=keys) == ("Constraints:\n    programme: 7\n    camera: red\n    field: 1\n    slit: undefined")


@pytest.mark.parametrize(
    ("constraint", "line"),
    [
        ({"column": "BAND", "in": ["g", "r", "z"]}, "g|r"),
        ({"column": "FIELD", "is": "1"}, "1"),
        ({"column": "BAND", "matches": "[a-z]"}, "g|r"),
        ({"columns": ["GRID", "BAND"], "defined": "yes"}, "fine|r"),
        ({"column": "SLIT", "defined": "no"}, "undefined"),
        ({"use": "science"}, "science"),
        ({"not": {"use": "sky"}}, "ROLE is not background"),
        ({"not": {"column": "BAND", "in": ["y", "z"]}}, "BAND is none of y, z"),
        ({"any": [{"column": "BAND", "is": "g"}, {"use": "science"}]}, "BAND is g or ROLE is science"),
        ({"all": [{"column": "FIELD", "is": "1"}, {"not": {"use": "sky"}}]}, "FIELD is 1 and ROLE is not background"),
    ],
)
def test_what_bound_a_constraint(constraint: Content, line: str) -> None:
    assert text(select={"mine": constraint}) == f"Constraints:\n    programme: 7\n    camera: red\n    mine: {line}"


def test_a_key_and_a_constraint_of_the_same_name_are_one_line() -> None:
    keys, select = {"field": {"column": "FIELD"}}, {"field": {"column": "FIELD", "is": "1"}}
    assert text(group_by=keys, select=select) == "Constraints:\n    programme: 7\n    camera: red\n    field: 1"
