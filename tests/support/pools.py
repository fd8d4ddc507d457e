"""Pools for property tests: realistic rows of JWST, and rows and rules of the invented observatory."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from support.observatory import Content, pool_of, rule, ruleset

from asnforge.pool.model import Pool
from asnforge.rules.ruleset import Ruleset

Cells = dict[str, str]

MODES: list[Cells] = [
    {"EXP_TYPE": exp_type, "INSTRUME": instrument, "DETECTOR": detector, **path}
    for exp_type, instrument, detector, path in [
        ("NRC_IMAGE", "NIRCAM", "NRCA1", {"FILTER": "F200W", "PUPIL": "CLEAR"}),
        ("NRC_IMAGE", "NIRCAM", "NRCBLONG", {"FILTER": "F444W", "PUPIL": "F405N"}),
        ("NRC_CORON", "NIRCAM", "NRCA2", {"FILTER": "F210M", "PUPIL": "MASKRND", "CHANNEL": "SHORT"}),
        ("NRC_CORON", "NIRCAM", "NRCALONG", {"FILTER": "F335M", "PUPIL": "MASKBAR", "CHANNEL": "LONG"}),
        ("NRC_WFSS", "NIRCAM", "NRCALONG", {"FILTER": "F444W", "PUPIL": "GRISMR"}),
        ("NRC_TSGRISM", "NIRCAM", "NRCALONG", {"FILTER": "F444W", "PUPIL": "GRISMR", "TSOVISIT": "T"}),
        ("NRC_TACQ", "NIRCAM", "NRCALONG", {"FILTER": "F335M", "PNTGTYPE": "TARGET_ACQUISITION"}),
        ("MIR_IMAGE", "MIRI", "MIRIMAGE", {"FILTER": "F770W"}),
        ("MIR_MRS", "MIRI", "MIRIFUSHORT", {"BAND": "SHORT"}),
        ("MIR_LRS-FIXEDSLIT", "MIRI", "MIRIMAGE", {"FILTER": "P750L", "PATTTYPE": "ALONG-SLIT-NOD"}),
        ("MIR_4QPM", "MIRI", "MIRIMAGE", {"FILTER": "F1065C"}),
        ("MIR_DARKIMG", "MIRI", "MIRIMAGE", {}),
        ("NIS_AMI", "NIRISS", "NIS", {"FILTER": "CLEARP", "PUPIL": "NRM"}),
        ("NIS_WFSS", "NIRISS", "NIS", {"FILTER": "GR150R", "PUPIL": "F200W"}),
        ("NIS_SOSS", "NIRISS", "NIS", {"FILTER": "CLEAR", "PUPIL": "GR700XD", "NINTS": "9", "TSOVISIT": "T"}),
        ("NRS_FIXEDSLIT", "NIRSPEC", "NRS1", {"FILTER": "F290LP", "GRATING": "G395H", "FXD_SLIT": "S200A1"}),
        ("NRS_FIXEDSLIT", "NIRSPEC", "NRS2", {"FILTER": "F290LP", "GRATING": "G395H", "FXD_SLIT": "S400A1"}),
        ("NRS_IFU", "NIRSPEC", "NRS1", {"FILTER": "F170LP", "GRATING": "G235H", "PATTTYPE": "CYCLING"}),
        ("NRS_MSASPEC", "NIRSPEC", "NRS1", {"FILTER": "F170LP", "GRATING": "G235M", "MSAMETFL": "x_msa.fits"}),
        ("NRS_AUTOWAVE", "NIRSPEC", "NRS1", {"FILTER": "F170LP", "GRATING": "G235M", "PNTGTYPE": "SCIENCE"}),
    ]
]
CANDIDATES = [
    "",
    "[('o001', 'OBSERVATION')]",
    "[('o002', 'observation')]",
    "[('o001', 'OBSERVATION'), ('c1000', 'MOSAIC')]",
    "[('o002', 'OBSERVATION'), ('c1000', 'MOSAIC'), ('c1001', 'BACKGROUND')]",
    "[('c1002', 'DIRECT_IMAGE')]",
    "[('o003', 'OBSERVATION'), ('c1003', 'GROUP')]",
    "[('o003', 'OBSERVATION')",
]
OPTIONS = {
    "TARGETID": ["1", "2", "12"],
    "OBS_NUM": ["1", "2", "3"],
    "SUBARRAY": ["FULL", "FULL", "SUB320", "NULL"],
    "PNTGTYPE": ["SCIENCE", "SCIENCE", "science", "NULL"],
    "BKGDTARG": ["F", "F", "T", "NULL"],
    "IS_PSF": ["F", "F", "T"],
    "IS_IMPRT": ["F", "F", "F", "F", "F", "T"],
    "VISITYPE": ["PRIME_TARGETED_FIXED", "PRIME_TARGETED_FIXED", "PRIME_WFSC_SENSING_CONTROL"],
    "PATTTYPE": ["NULL", "4-POINT-NOD", "WFSC"],
    "ACT_ID": ["1", "02"],
    "OBS_ID": ["V1", "V2"],
    "DMS_NOTE": ["NULL"],
    "EXPOSERR": ["NULL", "NULL", "Guide star lost"],
    "ASN_CANDIDATE": CANDIDATES,
}
HEADER = ["FILENAME", "PROGRAM", *dict.fromkeys([*OPTIONS, *(name for mode in MODES for name in mode)])]


@st.composite
def telescope_rows(draw: st.DrawFn, programs: tuple[str, ...] = ("1", "02", "300")) -> list[list[str]]:
    """Rows of a few programs, with some files twice; the program is part of the file name."""
    rows = []
    modes = draw(st.lists(st.sampled_from(MODES), min_size=1, max_size=3))
    for number in range(draw(st.integers(2, 14))):
        row = {name: draw(st.sampled_from(values)) for name, values in OPTIONS.items()} | draw(st.sampled_from(modes))
        row["PROGRAM"] = draw(st.sampled_from(programs))
        twice = draw(st.integers(0, 6)) == 0
        row["FILENAME"] = f"jw{row['PROGRAM']}-{0 if twice else number}_uncal.fits"
        rows.append([row.get(name, "NULL") for name in HEADER])
    return rows


def telescope_pool(rows: list[list[str]]) -> Pool:
    """Rows of `telescope_rows` as a pool."""
    return pool_of(HEADER, rows)


LYNX_VALUES = {
    "CAMERA": ["red", "blue", ""],
    "FIELD": ["1", "2", ""],
    "BAND": ["g", "R", "none"],
    "SLIT": ["s1", "w1", ""],
    "OBS": ["1", "2", ""],
    "INTENT": ["", "", "setup"],
    "STAR": ["", "", "yes"],
    "SKY": ["", "", "yes"],
    "TROUBLE": ["", "Door", "door"],
    "CANDIDATES": [
        "",
        "[('o1', 'night')]",
        "[('o1', 'night'), ('c1', 'tile')]",
        "[('c1', 'tile')]",
        "[('c2', 'pair')]",
        "x",
    ],
}
LYNX_HEADER = ["FILE", "PROPOSAL", *LYNX_VALUES]


@st.composite
def lynx_rows(draw: st.DrawFn, programs: tuple[str, ...] = ("7", "8")) -> list[list[str]]:
    """Rows of the invented observatory."""
    rows = []
    for number in range(draw(st.integers(2, 12))):
        row = {name: draw(st.sampled_from(values)) for name, values in LYNX_VALUES.items()}
        row["PROPOSAL"] = draw(st.sampled_from(programs))
        row["FILE"] = f"{row['PROPOSAL']}-{draw(st.sampled_from([number, number, number, 0]))}_raw.f"
        rows.append([row[name] for name in LYNX_HEADER])
    return rows


def lynx_pool(rows: list[list[str]]) -> Pool:
    """Rows of `lynx_rows` as a pool."""
    return pool_of(LYNX_HEADER, rows)


LEAVES: list[Content] = [
    {"column": "BAND", "is": "g"},
    {"column": "SLIT", "defined": "yes"},
    {"column": "OBS", "defined": "no"},
    {"columns": ["SLIT", "BAND"], "matches": "[a-z]1?"},
    {"use": "science"},
    {"use": "sky"},
    {"column": "INTENT", "in": ["setup", "other"]},
]
CONSTRAINTS: st.SearchStrategy[Content] = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: (
        st.builds(lambda part: {"not": part}, inner)
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=2))
        | st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=2))
    ),
    max_leaves=3,
)
INSTEAD = {"candidate_id": r"c\d", "candidate_type": "pair", "value": "0"}
YES = st.just("yes")


def _keys(column: str) -> st.SearchStrategy[Content]:
    return st.fixed_dictionaries(
        {"column": st.just(column)}, optional={"optional": YES, "when": CONSTRAINTS, "instead": st.just(INSTEAD)}
    )


REQUIREMENTS: list[Content] = [
    {"members": "any", "at_least": "2"},
    {"members": "psf"},
    {"distinct": "OBS", "at_least": "2", "in_scopes": ["tile"]},
    {"scope_in": ["night", "everything"]},
    {"scope_not_in": ["tile"]},
]
BLOCKS: dict[str, st.SearchStrategy[Any]] = {
    "select": st.dictionaries(st.sampled_from(["one", "two"]), CONSTRAINTS, max_size=2),
    "group_by": st.fixed_dictionaries(
        {}, optional={"field": _keys("FIELD"), "band": _keys("BAND"), "slit": _keys("SLIT")}
    ),
    "attach": st.fixed_dictionaries(
        {},
        optional={
            "setup": st.just({"when": {"use": "setup"}, "match": ["PROPOSAL", "OBS"]}),
            "star": st.just(
                {"when": {"column": "STAR", "defined": "yes"}, "match": ["PROPOSAL", "CAMERA"], "as": "psf"}
            ),
        },
    ),
    "repeat": st.sampled_from([[], [{"members": "science", "as": "background", "at_least": "2"}]]),
    "require": st.fixed_dictionaries({}, optional={"need": st.sampled_from(REQUIREMENTS)}),
    "take_as": st.just({"exptype": "science", "except": ["setup"]}),
    "member_name": st.just("{root}-{level}{extension}"),
}


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    """A rule set with a few random rules, some of the same type."""
    rules = []
    for name in draw(st.lists(st.sampled_from(["Ant", "Bee", "Cat"]), min_size=1, max_size=3, unique=True)):
        blocks = {key: value for key, value in draw(st.fixed_dictionaries({}, optional=BLOCKS)).items() if value}
        rules.append(rule(name, asn_type=draw(st.sampled_from(["stack", "trace"])), **blocks))
    return ruleset(*rules)
