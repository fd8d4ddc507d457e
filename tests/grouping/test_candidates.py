"""The candidates of a pool's exposures, and cells that cannot be read in full."""

from __future__ import annotations

import pytest
from support.observatory import Content, generated, pool, pool_findings, ruleset

from asnforge.grouping.prepared_pool import prepare_pool

HEADER = "FILE PROPOSAL CAMERA CANDIDATES"
HINT = "write [('ID', 'TYPE'), ...]"


def candidates(table: str, **blocks: Content) -> list[tuple[tuple[str, str], ...]]:
    """The candidates of each exposure."""
    prepared = prepare_pool(pool(table), ruleset(**blocks))
    return [prepared.candidates[code] for code in prepared.candidate_codes.tolist()]


@pytest.mark.parametrize(
    ("cell", "named", "message"),
    [
        ("[('o1','night')", (("o1", "night"),), "is cut off, so only the candidates before the cut are read"),
        (
            "junk",
            (),
            "cannot be read as a list of candidates, so the exposure can only be in associations over the whole pool",
        ),
        (
            "[('1','x'),('o1','night')]",
            (("o1", "night"),),
            "has a candidate whose id is not valid in this rule set, so this candidate is ignored",
        ),
        ("o1", (("o1", "night"),), "has a candidate without a type, so it has the type that other exposures give it"),
        ("o2", (("o2", "unknown"),), "has a candidate without a type, so its type is 'unknown'"),
        ("o3", (("o3", "unknown"),), "has a candidate without a type, so its type is 'unknown'"),
    ],
    ids=["cut off", "unreadable", "not an id", "a known type", "two types", "no type"],
)
def test_unreadable_cell_does_not_reject_the_exposure(
    cell: str, named: tuple[tuple[str, str], ...], message: str
) -> None:
    table = f"{HEADER}\na 7 red {cell}\nb 7 red o1/night+o2/night+o2/tile"
    exposures = prepare_pool(pool(table), ruleset())
    assert exposures.usable.all()
    assert candidates(table)[0] == named
    assert pool_findings(table) == [f"night.tsv:2: G117 warning: CANDIDATES '{cell}' {message}; {HINT}"]
    names = [association.asn_id for association in generated(table).associations]
    assert "z9" in names or len(names) == 1


def test_unreadable_cells_are_one_finding_per_problem() -> None:
    rows = "".join(f"f{number} 7 red {cell}\n" for number, cell in enumerate(["x", "[('o1'", "y", "x", "[('o1','n')"]))
    assert pool_findings(f"{HEADER}\n{rows}") == [
        "night.tsv:2: G117 warning: CANDIDATES 'x', '[('o1'' and 'y' cannot be read as a list of candidates in 4 rows "
        f"(lines 2, 3, 4 and 5), so these exposures can only be in associations over the whole pool; {HINT}",
        "night.tsv:6: G117 warning: CANDIDATES '[('o1','n')' is cut off, so only the candidates before the cut are read; "
        f"{HINT}",
    ]


def test_type_is_that_of_exposures_that_could_be_in_one_group() -> None:
    """Another program has a candidate of the same id, and of another type."""
    table = f"{HEADER}\na 7 red o1\nb 8 red o1\nc 7 red o1/night\nd 8 red o1/tile\ne 9 red o1"
    night, tile, unknown = ((("o1", kind),) for kind in ("night", "tile", "unknown"))
    assert candidates(table) == [night, tile, night, tile, unknown]


def test_id_that_no_file_name_can_contain_is_ignored() -> None:
    wide: Content = {"candidates": {"column": "CANDIDATES", "id": ".+"}}
    table = f"{HEADER}\na 7 red [('..\\x','night'),('o1','night')]\nb 7 red o1/night"
    assert candidates(table, **wide) == [(("o1", "night"),)] * 2
    assert pool_findings(table, **wide) == [
        "night.tsv:2: G117 warning: CANDIDATES '[('..\\x','night'),('o1','night')]' has a candidate whose id cannot be part of "
        f"a file name, so this candidate is ignored; {HINT}"
    ]
