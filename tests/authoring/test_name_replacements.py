"""What name parts replace, so that values of a pool can be in names of products and files."""

from __future__ import annotations

import pytest

from asnforge.authoring.name_replacements import replacements
from asnforge.rules.templates import NamePart


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["M31", "sgr_a.1+2-x", "Hα", "é"], {}),
        (["M 31"], {" ": "-"}),
        (["M 33 (north)", "M 33"], {" (": "-", " ": "-", ")": ""}),
        (["M 81 & M 82", "V/R"], {" & ": "-", " ": "-", "/": "-"}),
        (["Barnard's Star"], {" ": "-", "'": ""}),
        # Values that would become equal
        (["M 31", "M-31"], {" ": ""}),
        (["M 31", "M-31", "M31"], {" ": "."}),
        (["M31*", "M31"], {"*": "-"}),
        (["M31*", "M31#", "M31"], {"#": "-", "*": "."}),
        (["a b", "a-b", "ab", "a.b", "a+b", "a_b"], {" ": "x20"}),
        (["a b", "a-b", "ab", "a.b", "a+b", "a_b", "ax20b"], {}),
        # A value that would become empty, or a reserved text
        (["*"], {"*": "-"}),
        (["(none)"], {"(": "", ")": "-"}),
        # Values that differ only in case are one
        (["m 31", "M 31"], {" ": "-"}),
    ],
)
def test_replaced_values_are_distinct_and_usual_in_file_names(values: list[str], expected: dict[str, str]) -> None:
    found = replacements(values, ["none"])
    assert dict(found) == expected
    part = NamePart(replace=tuple(found.items()))
    assert len({part.written(value) for value in values}) == len({value.lower() for value in values})


def test_single_characters_are_replaced_if_there_are_many_combinations_of_them() -> None:
    pairs = [f"{first}{second}" for first in "#!?%*$" for second in "#!?%*$"]
    found = replacements([f"{index}{pair}a" for index, pair in enumerate(pairs)])
    assert dict(found) == dict.fromkeys("!#$%*?", "")
