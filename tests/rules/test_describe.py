"""Parts of rules in words, as plain text and as Markdown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from asnforge.rules.attachment import Attachment, same_columns
from asnforge.rules.candidate_values import CandidateValue
from asnforge.rules.column_types import ColumnType
from asnforge.rules.constraints import (
    AllOf,
    AnyOf,
    Bounded,
    Condition,
    Constraint,
    Defined,
    InTable,
    Leaf,
    Matches,
    Not,
    OneOf,
)
from asnforge.rules.derived import Case
from asnforge.rules.describe import (
    MARKDOWN,
    describe,
    describe_case,
    describe_duplicates,
    describe_key,
    describe_member_names,
    describe_name_part,
    describe_override,
    describe_repeat,
    describe_required_value,
    describe_requirement,
    describe_unmet,
    listed,
)
from asnforge.rules.describe_attachments import describe_attachment
from asnforge.rules.file_names import UNCHANGED, NameEnding
from asnforge.rules.rule import (
    DistinctRequired,
    ExptypeOverride,
    Gap,
    Key,
    MembersRequired,
    Repeat,
    Requirement,
    ScopeRequired,
)
from asnforge.rules.ruleset import Duplicates, Members
from asnforge.rules.templates import NamePart

BAND_G = OneOf(("band",), ("g",))
BANDS = OneOf(("band",), ("g", "r"))
FINE = OneOf(("grid",), ("fine",))
RED = Matches(("camera",), "r.d")
TABLE = InTable(("camera", "band"), "lights", frozenset())
FINE_GRID = Condition("fine_grid", FINE)
LONG = Bounded(("texp",), "at_least", Decimal(600), "10 min", ColumnType("number", "s"))
SHORT = Bounded(("texp",), "below", Decimal(1200), "1200", ColumnType("number", "s"))


@pytest.mark.parametrize(
    ("constraint", "words", "negation"),
    [
        (Defined(("band",), True), "BAND is defined", "BAND is undefined"),
        (Defined(("band",), False), "BAND is undefined", "BAND is defined"),
        (Defined(("band", "grid"), True), "BAND, else GRID is defined", "BAND, else GRID is undefined"),
        (BAND_G, "BAND is g", "BAND is not g"),
        (BANDS, "BAND is one of g, r", "BAND is none of g, r"),
        (RED, "CAMERA matches r.d", "CAMERA does not match r.d"),
        (TABLE, "(CAMERA, BAND) is a row of table lights", "(CAMERA, BAND) is no row of table lights"),
        (FINE_GRID, "fine grid", "not fine grid"),
        (LONG, "TEXP is at least 10 min", "TEXP is not at least 10 min"),
        (
            AllOf((LONG, SHORT)),
            "TEXP is at least 10 min and below 1200",
            "not (TEXP is at least 10 min and below 1200)",
        ),
        (
            AllOf((LONG, Not(SHORT))),
            "TEXP is at least 10 min and TEXP is not below 1200",
            "not (TEXP is at least 10 min and TEXP is not below 1200)",
        ),
        (AllOf((RED, FINE)), "CAMERA matches r.d and GRID is fine", "not (CAMERA matches r.d and GRID is fine)"),
        (AnyOf((BAND_G, FINE)), "BAND is g or GRID is fine", "not (BAND is g or GRID is fine)"),
        (
            AllOf((RED, AnyOf((BAND_G, FINE)))),
            "CAMERA matches r.d and (BAND is g or GRID is fine)",
            "not (CAMERA matches r.d and (BAND is g or GRID is fine))",
        ),
        (
            AllOf((RED, Not(Not(AnyOf((BAND_G, FINE)))))),
            "CAMERA matches r.d and (BAND is g or GRID is fine)",
            "not (CAMERA matches r.d and (BAND is g or GRID is fine))",
        ),
        (
            AllOf((RED, Not(AnyOf((BAND_G, FINE))))),
            "CAMERA matches r.d and not (BAND is g or GRID is fine)",
            "not (CAMERA matches r.d and not (BAND is g or GRID is fine))",
        ),
    ],
)
def test_describe_constraint_and_negation(constraint: Constraint, words: str, negation: str) -> None:
    assert describe(constraint) == describe(Not(Not(constraint))) == describe(Not(constraint), negated=True) == words
    assert describe(Not(constraint)) == describe(constraint, negated=True) == negation


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        (BANDS, "BAND is one of `g`, `r`"),
        (OneOf(("is_a",), ("x|y",)), "IS_A is `x|y`"),
        (Defined(("mjd*obs",), True), r"MJD\*OBS is defined"),
        (RED, "CAMERA matches `r.d`"),
        (Not(FINE_GRID), "not *fine grid*"),
        (TABLE, "(CAMERA, BAND) is a row of table `lights`"),
    ],
)
def test_describe_in_markdown(constraint: Constraint, words: str) -> None:
    assert describe(constraint, MARKDOWN) == words


@pytest.mark.parametrize(
    ("leaf", "words", "negation"),
    [
        (Defined(("band",), True), "defined", "undefined"),
        (BAND_G, "g", "other than g"),
        (BANDS, "one of g, r", "none of g, r"),
        (OneOf(("band",), tuple("abcdefgh")), "one of a, b, c, d, e, f, g, h", "none of a, b, c, d, e, f, g, h"),
        (
            OneOf(("band",), tuple("abcdefghi")),
            "one of a, b, c, d, e, f, g, h, ... (9 in all)",
            "none of a, b, c, d, e, f, g, h, ... (9 in all)",
        ),
        (RED, "a match of r.d", "other than a match of r.d"),
        (TABLE, "a row of table lights", "other than a row of table lights"),
    ],
)
def test_describe_required_value(leaf: Leaf, words: str, negation: str) -> None:
    assert describe_required_value(leaf) == words
    assert describe_required_value(leaf, negated=True) == negation


@pytest.mark.parametrize(
    ("need", "words", "unmet"),
    [
        (MembersRequired("x", "psf", 1), "a psf member", "has no psf member"),
        (MembersRequired("x", "arc", 1), "an arc member", "has no arc member"),
        (MembersRequired("x", None, 1), "a member", "has no member"),
        (MembersRequired("x", "psf", 2), "2 or more psf members", "has fewer than 2 psf members"),
        (MembersRequired("x", None, 3), "3 or more members", "has fewer than 3 members"),
        (
            DistinctRequired("x", "night", 2),
            "2 or more distinct values of NIGHT",
            "has fewer than 2 distinct values of NIGHT",
        ),
        (
            DistinctRequired("x", "night", 2, ("tile", "mosaic")),
            "2 or more distinct values of NIGHT in a scope of type tile or mosaic",
            "has fewer than 2 distinct values of NIGHT",
        ),
        (ScopeRequired("x", ("tile",)), "a scope of type tile", "is not in a scope of type tile"),
        (
            ScopeRequired("x", none_of=("tile", "night")),
            "a scope of a type other than tile or night",
            "is in a scope of type tile or night",
        ),
    ],
)
def test_describe_requirement_and_what_does_not_meet_it(need: Requirement, words: str, unmet: str) -> None:
    assert (describe_requirement(need), describe_unmet(need)) == (words, unmet)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (Key("k", ("band",)), "BAND"),
        (Key("k", ("band", "grid"), optional=True), "BAND, else GRID (wildcard when undefined)"),
        (Key("k", ("band",), when=RED), "BAND (wildcard when CAMERA does not match r.d)"),
        (Key("k", ("band",), True, own=True), "BAND (undefined is a value of its own)"),
        (Key("k", ("tiles",), separator=","), "each entry of TILES"),
        (Key("k", ("texp",), gap=Gap(Decimal(2), "2 s")), "TEXP, joined by steps of at most 2 s"),
        (
            Key("k", ("ra", "dec"), True, gap=Gap(Decimal(600), "10 arcmin", is_position=True)),
            "RA and DEC, joined by steps of at most 10 arcmin (wildcard when undefined)",
        ),
        (Key("k", ("band",), True, Not(FINE)), "BAND (wildcard when undefined or GRID is fine)"),
        (
            Key("k", ("band",), instead=CandidateValue(r"c\d", "tile", "000")),
            r"BAND; 000 in the scopes of candidates of type tile whose id matches c\d",
        ),
    ],
)
def test_describe_key(key: Key, words: str) -> None:
    assert describe_key(key) == words


def test_describe_attachment_repeat_and_override() -> None:
    assert describe_attachment(Attachment("x", FINE, same_columns(("night", "band")), exptype="arc")) == (
        "exposures where GRID is fine, with the NIGHT and BAND of a selected exposure of the group; as arc"
    )
    assert describe_repeat(Repeat("science", "background", 1)) == "each science member is repeated as background"
    assert (
        describe_repeat(Repeat("science", "sky", 2)) == "each science member is repeated as sky, if there are 2 or more"
    )
    assert describe_override(ExptypeOverride("science")) == "every exposure is read as science"
    assert describe_override(ExptypeOverride("science", ("arc", "flat"))) == (
        "every exposure is read as science, except arc and flat"
    )


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Case(None, "psf"), "psf"),
        (Case(None), "undefined"),
        (Case(FINE, "psf"), "psf where GRID is fine"),
        (Case(None, copy="date", plus_hours=-1), "the value of DATE, 1 hour earlier"),
        (Case(None, copy="date", plus="1 h", minus="11 min"), "the value of DATE plus 1 h minus 11 min"),
        (Case(None, copy="point", divide_by=Decimal(4)), "the value of POINT, divided by 4 and rounded down"),
        (
            Case(None, copy="point", minus="1", divide_by=("step", "other")),
            "the value of POINT minus 1, divided by STEP, else OTHER and rounded down",
        ),
        (
            Case(None, copy="date", plus_hours=16, matching="x.*"),
            "the value of DATE, 16 hours later, the part that matches x.*",
        ),
    ],
)
def test_describe_case_of_derived_column(case: Case, words: str) -> None:
    assert describe_case(case) == words


@pytest.mark.parametrize(
    ("duplicates", "words"),
    [
        ("keep", "No association is dropped as a duplicate of another."),
        ("members_and_product", "Of associations with the same members and the same product name, one is kept"),
        (None, "Of associations with the same members, whatever their product names, one is kept"),
    ],
)
def test_describe_duplicates(duplicates: Duplicates | None, words: str) -> None:
    assert describe_duplicates(duplicates).startswith(words)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (NameEnding("_raw", ()), "ends in `_raw` and an extension"),
        (NameEnding("_raw", (".fits", ".fits.gz")), "ends in `_raw` and `.fits` or `.fits.gz`"),
        (NameEnding("", (".fits",)), "ends in `.fits`"),
    ],
)
def test_describe_member_names(names: NameEnding, words: str) -> None:
    members = Members("file", names, "{root}_cal", None, "role")
    expected = f"A file name in FILE that {words} becomes `{{root}}_cal`; any other is kept unchanged."
    assert describe_member_names(members, MARKDOWN) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [("{root}_cal", "A file name in FILE becomes `{root}_cal`."), (UNCHANGED, "Members have the file names in FILE.")],
)
def test_describe_names_of_all_members(name: str, words: str) -> None:
    assert describe_member_names(Members("file", NameEnding(), name, None, "role"), MARKDOWN) == words


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (NamePart(("opt_elem",)), "opt elem"),
        (
            NamePart(("band", "grid"), sort=True, empty="open"),
            "band and grid, sorted and joined by -; open if there is none",
        ),
        (
            NamePart(values_of="slit", sort=True, before="s"),
            "all values of slit, sorted and joined by -, preceded by s",
        ),
        (NamePart(("number",), zero_fill=3, after="-"), "number, padded with zeros to 3 characters, followed by -"),
        (NamePart(columns=("band", "grid"), sort=True), "BAND and GRID, sorted and joined by -"),
        (
            NamePart(("start",), replace=((":", "-"), (" ", "")), keeps_case=True),
            "start, as the pool spells it, : replaced by -,   removed",
        ),
        (
            NamePart(("start",), replace=((" (", "-"), ("/", "-"), (":", "-"), ("(", ""), (")", ""), ("'", "p"))),
            "start,  (, / and : replaced by -, ( and ) removed, ' replaced by p",
        ),
        (NamePart(("frame",), leave_out=("whole", "full")), "frame, omitted if it is whole or full"),
    ],
)
def test_describe_name_part(part: NamePart, words: str) -> None:
    assert describe_name_part(part) == words


def test_listed_joins_words_as_in_a_sentence() -> None:
    assert [listed(words, "and") for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
