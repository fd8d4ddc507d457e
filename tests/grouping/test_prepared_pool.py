"""Exposures of a pool: what is wrong with cells, and which columns a pool does not have."""

from __future__ import annotations

import numpy as np
import pytest
from support.observatory import COLUMNS, Content, generated, pool, pool_of, rule, ruleset

from asnforge.findings import InputError
from asnforge.generation.engine import group
from asnforge.grouping.prepared_pool import PreparedPool, prepare_pool

HEADER = "FILE PROPOSAL CAMERA CANDIDATES"
OUT = ", so the exposure cannot be in any association"
IN_FILE = "allowed are letters a-z, digits, '.', '_', '+' and '-', after a first letter or digit, 80 characters at most"
IN_PRODUCT = "allowed are all characters but '/', '\\' and control characters, 80 at most"
HINT = "write [('ID', 'TYPE'), ...]"


def found(table: str, *rules: Content, **blocks: Content) -> list[str]:
    """The findings of a pool, without those about missing columns."""
    grouping = group(pool(table), ruleset(*rules, **blocks))
    findings = (*grouping.prepared.findings, *grouping.faults.findings("night.tsv"))
    return [str(finding).removeprefix("nights/") for finding in findings if finding.code != "G112"]


def missing(table: str, *rules: Content, **blocks: Content) -> list[str]:
    """The findings about columns that the pool does not have."""
    exposures = prepare_pool(pool(table), ruleset(*rules, **blocks))
    return [finding.message for finding in exposures.faults.columns]


def candidates(table: str, **blocks: Content) -> list[tuple[tuple[str, str], ...]]:
    """The candidates of each exposure."""
    exposures: PreparedPool = prepare_pool(pool(table), ruleset(**blocks))
    return [exposures.candidates[code] for code in exposures.candidate_codes.tolist()]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (". 7 red o1/night", "FILE is empty"),
        ("none 7 red o1/night", "FILE is empty"),
        (".. 7 red o1/night", "FILE '..' is a directory, not a file name"),
        ("x/.. 7 red o1/night", "FILE 'x/..' is a directory, not a file name"),
        ("x/ 7 red o1/night", "FILE 'x/' is a directory, not a file name"),
        ("C:\\x\\ 7 red o1/night", "FILE 'C:\\x\\' is a directory, not a file name"),
        ("a\x07b 7 red o1/night", "FILE 'a\\x07b' has a control character"),
        (f"{'a' * 256} 7 red o1/night", f"FILE '{'a' * 59}…' is too long for a file name"),
    ],
)
def test_a_file_name_that_cannot_be_used_costs_its_row_alone(row: str, message: str) -> None:
    table = f"{HEADER}\n{row}\nb 7 red o1/night"
    exposures = prepare_pool(pool(table), ruleset())
    assert exposures.usable.tolist() == [False, True]
    assert found(table) == [f"night.tsv:2: G102 warning: {message}{OUT}"]


def test_file_names_with_the_same_fault_are_one_finding() -> None:
    rows = "".join(f"{name} 7 red .\n" for name in [".", "x/", ".", "y/", "x/..", "z/", "x/", ".", "b"])
    assert found(f"{HEADER}\n{rows}") == [
        "night.tsv:2: G102 warning: FILE is empty in 3 rows (lines 2, 4 and 9), so these exposures cannot be in any "
        "association",
        "night.tsv:3: G102 warning: FILE 'x/', 'y/', 'x/..' and 1 other value are a directory, not a file name in 5 rows "
        "(lines 3, 5, 6, 7 and 8), so these exposures cannot be in any association",
    ]


@pytest.mark.parametrize("name", ["./x/a", "/x/y/a", "x\\a", "C:\\x\\a", "../a", "s3://x/a", "/a"])
def test_a_directory_is_not_part_of_a_file_name(name: str) -> None:
    table = f"{HEADER}\n{name} 7 red .\nb 7 red ."
    assert prepare_pool(pool(table), ruleset()).pool.columns["file"].values == ("a", "b")
    assert found(table) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a 7X/y red o1/night", "PROPOSAL '7X/y' cannot be part of a file name"),
        ("a 7:8 red o1/night", "PROPOSAL '7:8' cannot be part of a file name"),
        ("a 7é red o1/night", "PROPOSAL '7é' cannot be part of a file name"),
        ("a -7 red o1/night", "PROPOSAL '-7' cannot be part of a file name"),
        ("a ../.. red o1/night", "PROPOSAL '../..' cannot be part of a file name"),
        (f"a {'7' * 81} red o1/night", f"PROPOSAL '{'7' * 59}…' cannot be part of a file name"),
        ("a 7 re/d o1/night", "CAMERA 're/d' cannot be part of a product name"),
        ("a 7 re\\d o1/night", "CAMERA 're\\d' cannot be part of a product name"),
        ("a 7 re\x1bd o1/night", "CAMERA 're\\x1bd' cannot be part of a product name"),
    ],
)
def test_a_value_that_cannot_be_part_of_a_name_keeps_the_exposure_out_of_rules_that_name_it(
    row: str, message: str
) -> None:
    table = f"{HEADER}\n{row}\nb 7 red o1/night"
    hint = IN_FILE if "PROPOSAL" in message else IN_PRODUCT
    assert found(table) == [f"night.tsv:2: G102 warning: {message}, so Image rejects the exposure; {hint}"]
    assert prepare_pool(pool(table), ruleset()).usable.all()


def test_values_that_cannot_be_part_of_a_name_are_one_finding_for_each_column() -> None:
    rows = "".join(f"f{number} {'x y'[number % 3]}:{number % 4} red .\n" for number in range(46))
    rules = [rule(f"R{number}") for number in range(5)]
    table = f"{HEADER} FIELD\n" + "\n".join(f"{row} 1" for row in rows.replace(" :", "_:").splitlines())
    assert found(table, *rules) == [
        "night.tsv:2: G102 warning: PROPOSAL 'x:0', '_:1', 'y:2' and 9 other values cannot be part of a file name in 46 rows "
        f"(lines 2, 3, 4, 5, 6 and 41 more), so R0, R1, R2 and 2 more rules reject these exposures; {IN_FILE}"
    ]


def test_a_rule_whose_names_do_not_show_a_value_takes_the_exposure() -> None:
    """The value is in the product's name of one rule alone, and no constraint of either."""
    named = rule("Named", group_by={"field": {"column": "FIELD"}})
    nameless = rule("Nameless", product="{programme}-{camera}", group_by={"field": {"column": "FIELD"}})
    made = generated(f"{COLUMNS} FIELD\na_raw.f 7 red . x/y\nb_raw.f 7 red . 1", named, nameless)
    assert {each.asn_rule for each in made.associations} == {"Nameless"}
    assert made.orphans == ()
    assert [finding.message for finding in made.findings if finding.code == "G102"] == [
        "FIELD 'x/y' cannot be part of a product name, so Named rejects the exposure"
    ]


@pytest.mark.parametrize(
    ("blocks", "is_lost"),
    [
        ({"group_by": {"grid": {"column": "GRID"}}}, True),
        ({"group_by": {"grid": {"column": "GRID"}}, "product": "{programme}"}, False),
        ({"group_by": {"grid": {"column": "GRID", "optional": "yes"}}}, True),
        ({"group_by": {"grid": {"column": "GRID", "when": {"use": "sky"}}}}, False),
        ({"group_by": {"slit": {"column": "GRID", "when": {"use": "sky"}}}}, True),
        ({"group_by": {"band": {"columns": ["BAND", "GRID"]}}}, True),
        ({"group_by": {"band": {"columns": ["CAMERA", "GRID"]}}}, False),
        ({"group_by": {"band": {"column": "copied"}}}, True),
        ({"select": {"grid": {"column": "GRID", "is": "other"}}, "group_by": {"grid": {"column": "GRID"}}}, False),
        ({"group_by": {"frame": {"column": "GRID"}}}, False),
    ],
    ids=[
        "a key",
        "a key in no name",
        "an optional key",
        "a key that does not bind the exposure",
        "a key whose distinct values are named",
        "the second column",
        "a column behind one with a value",
        "a derived column",
        "an exposure that the rule does not select",
        "a value that names leave out",
    ],
)
def test_only_values_that_a_name_would_show_are_reported(blocks: Content, is_lost: bool) -> None:
    shared = {
        "derived": {"copied": {"cases": [{"copy": "GRID"}]}},
        "names": {"frame": {"key": "frame", "leave_out": ["x/y"], "before": "-"}},
    }
    grouping = group(pool(f"{HEADER} GRID\na 7 red . x/y"), ruleset(rule(**blocks), **shared))
    assert bool(grouping.faults.cells) is is_lost
    is_grouped = bool(len(grouping.results[0].members.groups))
    assert is_grouped is not (is_lost or "select" in blocks)


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
def test_an_unreadable_candidate_cell_keeps_the_exposure(
    cell: str, named: tuple[tuple[str, str], ...], message: str
) -> None:
    table = f"{HEADER}\na 7 red {cell}\nb 7 red o1/night+o2/night+o2/tile"
    exposures = prepare_pool(pool(table), ruleset())
    assert exposures.usable.all()
    assert candidates(table)[0] == named
    assert found(table) == [f"night.tsv:2: G117 warning: CANDIDATES '{cell}' {message}; {HINT}"]
    names = [association.asn_id for association in generated(table).associations]
    assert "z9" in names or len(names) == 1


def test_unreadable_candidate_cells_are_one_finding_for_each_problem() -> None:
    rows = "".join(f"f{number} 7 red {cell}\n" for number, cell in enumerate(["x", "[('o1'", "y", "x", "[('o1','n')"]))
    assert found(f"{HEADER}\n{rows}") == [
        "night.tsv:2: G117 warning: CANDIDATES 'x', '[('o1'' and 'y' cannot be read as a list of candidates in 4 rows "
        f"(lines 2, 3, 4 and 5), so these exposures can only be in associations over the whole pool; {HINT}",
        "night.tsv:6: G117 warning: CANDIDATES '[('o1','n')' is cut off, so only the candidates before the cut are read; "
        f"{HINT}",
    ]


def test_a_type_is_that_of_exposures_that_could_be_in_one_group() -> None:
    """Another programme has a candidate of the same id, and of another type."""
    table = f"{HEADER}\na 7 red o1\nb 8 red o1\nc 7 red o1/night\nd 8 red o1/tile\ne 9 red o1"
    night, tile, unknown = ((("o1", kind),) for kind in ("night", "tile", "unknown"))
    assert candidates(table) == [night, tile, night, tile, unknown]


def test_an_id_that_the_rule_set_allows_but_no_file_name_can_have() -> None:
    wide: Content = {"candidates": {"column": "CANDIDATES", "id": ".+"}}
    table = f"{HEADER}\na 7 red [('..\\x','night'),('o1','night')]\nb 7 red o1/night"
    assert candidates(table, **wide) == [(("o1", "night"),)] * 2
    assert found(table, **wide) == [
        "night.tsv:2: G117 warning: CANDIDATES '[('..\\x','night'),('o1','night')]' has a candidate whose id cannot be part of "
        f"a file name, so this candidate is ignored; {HINT}"
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "FIELD CANDIDATES\n300 .\n300.0 .\n3.0E2 .",
            "FIELD spells 1 number in several ways ('3.0e2' and '300' and '300.0')",
        ),
        (
            "FIELD CANDIDATES\n1 .\n01 .\n2 .\n2. .",
            "FIELD spells 2 numbers in several ways ('01' and '1'; '2' and '2.')",
        ),
        ("FIELD CANDIDATES\n1 o1/night\n01 o2/night", "FIELD spells 1 number in several ways ('01' and '1')"),
        (
            "FIELD INTENT OBS CANDIDATES\n1 . 1 o1/night\n1 setup 01 o1/night",
            "OBS spells 1 number in several ways ('01' and '1')",
        ),
        ("FIELD OBS CANDIDATES\n1 1 o1/tile\n1 01 o1/tile", "OBS spells 1 number in several ways ('01' and '1')"),
        ("FIELD CANDIDATES\n1e1 .\n10 .\n0a .", None),
        ("FIELD CANDIDATES\n1 .\n2 .", None),
        ("FIELD CANDIDATES\nx .\nX .", None),
        ("FIELD CANDIDATES\n1 o1/night", None),
        ("FIELD OBS CANDIDATES\n1 1 o1/night\n1 01 o1/night", None),
        ("FIELD OBS CANDIDATES\n1 1 o1/tile\n1 01 o1/tile\n1 2 o1/tile", None),
        ("FIELD INTENT OBS CANDIDATES\n1 . 1 o1/night\n1 . 01 o1/night\n1 setup 01 o1/night", None),
    ],
)
def test_equal_numbers_that_are_spelled_differently_and_keep_exposures_apart(table: str, message: str | None) -> None:
    header, *rows = table.splitlines()
    whole = "\n".join([f"FILE PROPOSAL CAMERA {header}", *(f"f{place} 7 red {row}" for place, row in enumerate(rows))])
    fields = rule(
        group_by={"field": {"column": "FIELD"}},
        attach={"setup": {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}},
        select={"not_setup": {"not": {"use": "setup"}}},
        require={"several": {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile"]}},
    )
    end = (
        ", so exposures that differ only in this do not match each other; spell each number in the same way in all rows"
    )
    assert found(whole, fields) == ([] if message is None else [f"night.tsv:1: G118 warning: {message}{end}"])


def test_equal_numbers_of_different_programmes_are_not_compared() -> None:
    by_field = rule(group_by={"field": {"column": "FIELD"}})
    assert found(f"{HEADER} FIELD\na 7 red . 1\nb 8 red . 01", by_field) == []


def test_files_that_are_listed_twice() -> None:
    rows = [
        "a 7 red o1/night",
        "A 8 red .",
        "b 7 red .",
        "a 7 red .",
        "x/b 7 red .",
        "y\\B 7 red .",
        "../ 7 red .",
        "../ 7 red .",
    ]
    assert found("\n".join([HEADER, *rows]))[:4] == [
        "night.tsv:3: G103 warning: FILE A is already on line 2: the file is a member of a group only once",
        "night.tsv:5: G103 warning: FILE a is already on line 2: the file is a member of a group only once",
        "night.tsv:6: G103 warning: FILE x/b has the same file name as b on line 4: the file is a member of a group only once",
        "night.tsv:7: G103 warning: FILE y\\B has the same file name as b on line 4: the file is a member of a group only once",
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("NAME PROPOSAL CAMERA", "no column FILE, which every rule needs; its columns are NAME, PROPOSAL, CAMERA"),
        (
            "FILE PROGRAMME CAMERA",
            "no column PROPOSAL, which every rule needs; its columns are FILE, PROGRAMME, CAMERA",
        ),
        ("X Y CAMERA", "no columns FILE, PROPOSAL, which every rule needs; its columns are X, Y, CAMERA"),
        (
            "A B C D E F G H I J",
            "no columns FILE, CAMERA, PROPOSAL, which every rule needs; its columns are "
            "A, B, C, D, E, F, G, H and 2 more",
        ),
    ],
)
def test_a_pool_without_what_every_rule_needs(header: str, message: str) -> None:
    table = f"{header}\n{' '.join('x' for _ in header.split())}"
    with pytest.raises(InputError) as stop:
        prepare_pool(pool(table), ruleset())
    assert str(stop.value) == f"nights/night.tsv:1: G101 the pool has {message}"


def test_what_one_rule_needs_and_others_not_is_no_reason_to_refuse() -> None:
    by_field = rule("Fields", group_by={"field": {"column": "FIELD"}})
    assert missing(f"{HEADER}\na 7 red .", rule(), by_field) == [
        "missing column FIELD: rule Fields cannot match any exposure"
    ]


@pytest.mark.parametrize(
    ("blocks", "needs"),
    [
        ({}, None),
        ({"group_by": {"key": {"column": "X"}}}, "X"),
        ({"group_by": {"key": {"columns": ["X", "Y"]}}}, "X or Y"),
        ({"group_by": {"key": {"columns": ["X", "CAMERA"]}}}, None),
        ({"group_by": {"key": {"column": "X", "optional": "yes"}}}, None),
        ({"group_by": {"key": {"column": "role"}}}, None),
        ({"select": {"key": {"column": "X", "is": "a"}}}, "X"),
        ({"select": {"key": {"column": "X", "matches": ".*"}}}, "X"),
        ({"select": {"key": {"column": "X", "defined": "yes"}}}, "X"),
        ({"select": {"key": {"column": "X", "defined": "no"}}}, None),
        ({"select": {"key": {"not": {"column": "X", "defined": "no"}}}}, "X"),
        ({"select": {"key": {"not": {"column": "X", "is": "a"}}}}, None),
        ({"select": {"key": {"not": {"not": {"column": "X", "is": "a"}}}}}, "X"),
        ({"select": {"key": {"all": [{"column": "X", "is": "a"}, {"column": "CAMERA", "is": "red"}]}}}, "X"),
        ({"select": {"key": {"any": [{"column": "X", "is": "a"}, {"column": "CAMERA", "is": "red"}]}}}, None),
        ({"select": {"key": {"any": [{"column": "X", "is": "a"}, {"column": "Y", "is": "b"}]}}}, "X or Y"),
        (
            {"select": {"key": {"not": {"any": [{"column": "X", "defined": "no"}, {"column": "CAMERA", "is": "a"}]}}}},
            "X",
        ),
        (
            {"select": {"key": {"not": {"all": [{"column": "X", "defined": "no"}, {"column": "CAMERA", "is": "a"}]}}}},
            None,
        ),
    ],
)
def test_columns_without_which_a_rule_makes_nothing(blocks: Content, needs: str | None) -> None:
    found = missing(f"{HEADER}\na 7 red .", rule(), rule("Needy", **blocks))
    assert found == ([] if needs is None else [f"missing column {needs}: rule Needy cannot match any exposure"])


def test_a_table_that_needs_a_column() -> None:
    tables = {"lights": {"rows": [["red", "g"]]}}
    needy = rule("Needy", select={"light": {"table": "lights", "columns": ["CAMERA", "BAND"]}})
    assert missing(f"{HEADER}\na 7 red .", rule(), needy, tables=tables) == [
        "missing column BAND: rule Needy cannot match any exposure"
    ]


SETUP: Content = {"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}
STAR: Content = {"when": {"column": "STAR", "defined": "yes"}, "match": ["PROPOSAL"]}
TILES: Content = {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile", "pair"]}


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ({"require": {"several": TILES}}, "OBS: candidates of type pair and tile give no associations of rule Needy"),
        ({"require": {"several": {"distinct": "OBS"}}}, "OBS: rule Needy cannot match any exposure"),
        ({"attach": {"quick_setup": SETUP}}, "OBS: quick setup are not attached to groups of rule Needy"),
        ({"attach": {"stars": STAR}}, "STAR: stars are not attached to groups of rule Needy"),
        (
            {"group_by": {"field": {"column": "FIELD", "when": {"use": "sky"}}}},
            "FIELD: rule Needy cannot match exposures that need a value for the key field",
        ),
        ({"require": {"psf": {"members": "psf"}}}, "STAR: no exposure becomes psf, which rule Needy requires"),
        (
            {"require": {"psf": {"members": "psf"}}, "attach": {"star": {**SETUP, "match": ["PROPOSAL"], "as": "psf"}}},
            None,
        ),
        ({"require": {"psf": {"members": "psf"}}, "take_as": {"exptype": "psf"}}, None),
        ({"select": {"star": {"column": "kind", "is": "sky"}}}, "SKY: rule Needy cannot match any exposure"),
        ({"select": {"night": {"column": "night", "defined": "yes"}}}, "DATE: rule Needy cannot match any exposure"),
        ({"group_by": {"night": {"column": "night"}}}, "DATE: rule Needy cannot match any exposure"),
    ],
)
def test_one_warning_says_what_does_not_work_without_the_missing_columns(blocks: Content, message: str | None) -> None:
    kinds = {"cases": [{"when": {"column": "SKY", "defined": "yes"}, "value": "sky"}, {"value": "other"}]}
    derived = {"night": {"cases": [{"copy": "DATE", "matching": "(.*)t.*"}]}, "kind": kinds}
    found = missing(f"{HEADER} INTENT\na 7 red . .", rule(), rule("Needy", **blocks), derived=derived)
    assert found == ([] if message is None else [f"missing column {message}"])


def test_several_missing_columns_are_one_warning() -> None:
    needy = rule("Needy", select={"one": {"column": "X", "is": "a"}}, require={"several": TILES})
    assert missing(f"{HEADER} INTENT\na 7 red . .", rule(), needy) == [
        "missing columns: OBS: candidates of type pair and tile give no associations of rule Needy; "
        "X: rule Needy cannot match any exposure"
    ]


def test_what_concerns_all_rules_names_none() -> None:
    needy = [rule(name, require={"several": TILES}, attach={"setup": SETUP}) for name in ("A", "B")]
    assert missing(f"{HEADER} INTENT\na 7 red . .", *needy) == [
        "missing column OBS: setup are not attached, and candidates of type pair and tile give no associations"
    ]


OTHER: Content = {
    "columns": {"OBS": {"also": ["OBSERVATION", "OBSNUM"]}, "FILE": {"also": ["NAME"]}, "PROPOSAL": {"also": ["PROG"]}}
}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("OBS", ("1", "2")),
        ("obsnum", ("1", "2")),
        ("OBSERVATION", ("1", "2")),
        ("OBSNUM OBSERVATION", ("x", "y")),
        ("OBSERVATION OBSNUM OBS", ("p", "q")),
    ],
)
def test_a_column_is_read_under_its_other_names_where_the_pool_does_not_have_its_own(
    header: str, values: tuple[str, ...]
) -> None:
    rows = [["a", "7", "red", "", *one[: len(header.split())]] for one in ("1xp", "2yq")]
    rows[1][0] = "b"
    needy = ruleset(rule(require={"several": TILES}), **OTHER)
    exposures = prepare_pool(pool_of([*HEADER.split(), *header.split()], rows), needy)
    assert exposures.columns["obs"].values[1:] == values
    assert exposures.faults.columns == ()


def test_the_columns_of_file_names_and_of_every_rule_can_have_other_names() -> None:
    exposures = prepare_pool(pool("NAME PROG CAMERA CANDIDATES\nx/a 7 red ."), ruleset(**OTHER))
    assert exposures.columns["file"].values == ("", "a")
    assert exposures.columns["proposal"].values == ("", "7")


def test_a_missing_column_is_reported_with_its_other_names() -> None:
    (finding,) = prepare_pool(
        pool(f"{HEADER}\na 7 red ."), ruleset(rule(require={"several": TILES}), **OTHER)
    ).faults.columns
    assert finding.hint == "OBS can also be named OBSERVATION or OBSNUM"
    with pytest.raises(InputError) as stop:
        prepare_pool(pool("FIL PROPOSAL CAMERA\na 7 red"), ruleset(**OTHER))
    assert stop.value.findings[0].hint == "FILE can also be named NAME; its columns are FIL, PROPOSAL, CAMERA"


def test_all_rules_that_need_a_column_are_in_one_warning() -> None:
    rules = [rule(f"R{number}", group_by={"field": {"column": "FIELD"}}) for number in range(10)]
    assert missing(f"{HEADER}\na 7 red .", rule(), *rules) == [
        "missing column FIELD: rules R0, R1, R2, R3, R4, R5, R6, R7 and 2 more cannot match any exposure"
    ]


def test_a_pool_without_candidates_says_so() -> None:
    (finding,) = prepare_pool(pool("FILE PROPOSAL CAMERA\na 7 red"), ruleset()).faults.columns
    assert str(finding) == (
        "nights/night.tsv:1: G112 warning: missing column CANDIDATES: no exposure names a candidate, so all associations are "
        "over the whole pool"
    )


def test_rows_are_reported_where_a_table_has_no_lines() -> None:
    from dataclasses import replace

    table = replace(
        pool(f"{HEADER}\n. 7 red x\nb 7 red .\nb 7 red ."), format="fits", lines=np.arange(1, 4), header_line=0
    )
    grouping = group(table, ruleset())
    findings = (*grouping.prepared.findings, *grouping.faults.findings("night.fits"))
    assert [str(finding) for finding in findings if finding.code != "G112"] == [
        "nights/night.tsv: row 3: G103 warning: FILE b is already on row 2: the file is a member of a group only once",
        f"night.fits: row 1: G102 warning: FILE is empty{OUT}",
        "night.fits: row 1: G117 warning: CANDIDATES 'x' cannot be read as a list of candidates, so the exposure can only be "
        f"in associations over the whole pool; {HINT}",
    ]
