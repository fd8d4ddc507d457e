"""Association files are validated: each finding has its code, position, message and hint."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.asnfiles.read_text import LARGEST
from asnforge.asnfiles.validate import validate_bytes, validate_file
from asnforge.findings.registry import all_codes
from asnforge.json_schema import is_valid, schema

KNOWN_CODES = {code.code for code in all_codes()}


Located = tuple[str, int | None, int | None, str, str]


def association(**changes: Any) -> str:
    """The JSON of an association, a keyword a line."""
    value = {
        "asn_id": "o001",
        "asn_pool": "night.tsv",
        "products": [{"name": "p1", "members": [{"expname": "a.fits", "exptype": "science"}]}],
    }
    return json.dumps({**value, **changes}, indent=1)


def product(*members: tuple[str, str], **keywords: Any) -> dict[str, Any]:
    return {"members": [{"expname": expname, "exptype": exptype} for expname, exptype in members], **keywords}


def is_generated(data: bytes) -> bool:
    """Whether JSON matches the schema of what asnforge writes."""
    try:
        return is_valid(msgspec.json.decode(data), "generated")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def findings_of(text: str | bytes) -> list[Located]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(f.code, f.line, f.column, f.message, f.hint) for f in validate_bytes(data, "x_asn.json")]


@pytest.mark.parametrize(
    "text",
    [
        association(),
        association(products=[product(("../night/a.fits", "science"), ("b.fits", "science"))]),
        association(products=[product(("a_cal.fits", "science"), ("a_cal.fits", "background"))]),
        association(products=[product(("a.fits", "science"), ("b.fits", "target_acquisition"))]),
        association(
            version_id=None, asn_type="image3", degraded_status="", code_version="1", my_note={"any": ["thing"]}
        ),
        association(products=[{"members": [{"expname": "é", "exptype": "science", "exposerr": None, "note": 3}]}]),
        association(target=None),
        association(target=7),
        association(target=["7", "8"]),
        association(constraints=None),
        association(constraints={"program": 7}),
        association(version_id=20260313),
        association(version_id="NULL", code_version=None, degraded_status=None),
        association(
            products=[{"members": [{"expname": "a", "exptype": "science", "asn_candidate": [["o001", "night"]]}]}]
        ),
    ],
    ids=[
        "plain",
        "folder",
        "twice with other types",
        "other exptype",
        "more keywords",
        "no name",
        "target null",
        "target a number",
        "target a list",
        "constraints null",
        "constraints an object",
        "version_id a number",
        "version_id NULL",
        "candidates as a list",
    ],
)
def test_association_that_pipelines_can_run_on_has_no_findings(text: str) -> None:
    assert findings_of(text) == []
    assert is_valid(json.loads(text), "association")


POOL = "The file name of the pool that the association was made from"
PRODUCTS = "The products to be made, each with the exposures that it is made from"
PROGRAM = "The number of the observing program, as a string"
ROLE = "The role of the exposure in the product, such as science, background or psf"
MEMBERS = "The exposures that the product is made from, at least one of them science"
NAME = "The root of the names of the product's files. A pipeline chooses one if it is missing"
HAS = "an association has the keywords asn_id, asn_pool and products"


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("[1]", [("A106", 1, 1, "the file contains a list, not an association", HAS)]),
        ("3", [("A106", 1, 1, "the file contains the number 3, not an association", HAS)]),
        ('{"type": "Feature"}', [("A106", 1, 1, "the file is JSON, but not an association", HAS)]),
        (
            '{"asn_id": "o001", "products": [{}]}',
            [
                ("A110", 1, 1, "required keyword 'asn_pool' is missing", POOL),
                ("A110", 1, 33, "required keyword 'members' is missing in product 1", MEMBERS),
            ],
        ),
        (
            association(products=[{"members": [{"expnam": "a.fits", "exptype": "science"}]}]),
            [
                (
                    "A111",
                    8,
                    6,
                    "unknown keyword 'expnam' in member 1, where 'expname' is missing",
                    "did you mean expname?",
                )
            ],
        ),
        (
            association(asn_typ="image3"),
            [("A111", 15, 2, "unknown keyword 'asn_typ' in the association", "did you mean asn_type?")],
        ),
        (
            association(program=4),
            [("A112", 15, 13, "expected a string for the keyword 'program', got the number 4", PROGRAM)],
        ),
        (
            association(version_id=["1"]),
            [
                (
                    "A112",
                    15,
                    16,
                    "expected a string, a number or null for the keyword 'version_id', got a list",
                    "A version of the association, often a time stamp, yyyymmddthhmmss; null if there is none",
                )
            ],
        ),
        (
            association(products=[{"members": [{"expname": "a", "exptype": True}, 5]}]),
            [
                ("A112", 9, 17, "expected a string for the keyword 'exptype', got true", ROLE),
                (
                    "A112",
                    11,
                    5,
                    "expected an object {...} for member 2, got the number 5",
                    "One exposure inside a product",
                ),
            ],
        ),
        (
            association(products=[]),
            [("A113", 4, 14, "the keyword 'products' is empty", PRODUCTS)],
        ),
        (
            association(products=[{"members": []}]),
            [("A113", 6, 15, "the keyword 'members' is empty", MEMBERS)],
        ),
        (
            association(products=[product(("a.fits", "science"), name="")]),
            [("A113", 12, 12, "the keyword 'name' is empty", NAME)],
        ),
        (
            association(products=[product(("a.fits", "psf"))]),
            [("A114", 6, 15, "product 1 has no science member", "at least one member must have the exptype science")],
        ),
        (
            association(products=[product(("a", "science"), name="p"), product(("b", "science"), name="p")]),
            [("A115", 21, 12, "product 2 has the same name as product 1, 'p'", "rename one of the two")],
        ),
        (
            association(products=[product(("a", "science"), ("b", "science"), ("a", "science"))]),
            [("A116", 15, 5, "member 3 repeats member 1: 'a', science", "remove one of the two")],
        ),
        (
            association(products=[product(("a", "Science"))]),
            [
                (
                    "A117",
                    9,
                    17,
                    "the exptype of member 1 is 'Science'",
                    "write science: a pipeline that may read it compares exptype case-sensitively and ignores the member",
                )
            ],
        ),
        (
            association(products=[product(("a", "sciense"))]),
            [
                (
                    "A114",
                    6,
                    15,
                    "product 1 has no science member",
                    "at least one member must have the exptype science",
                ),
                ("A118", 9, 17, "the exptype of member 1 is 'sciense'", "did you mean science?"),
            ],
        ),
        (
            association(products=[product(("a", "science"), name="p"), product(("b", "science"), name="P")]),
            [("A115", 21, 12, "product 2 has the same name as product 1, 'P'", "rename one of the two")],
        ),
        (
            association().replace('"asn_id"', '"asn_pool": "x", "asn_id"', 1),
            [
                (
                    "A105",
                    3,
                    2,
                    "'asn_pool' appears twice in the association",
                    "only the last of the two is read; remove one",
                )
            ],
        ),
        ("[" * 5000, [("A103", 1, 65, "the JSON is nested deeper than 64 levels", "")]),
    ],
)
def test_finding_has_code_position_message_and_hint(text: str, findings: list[Located]) -> None:
    assert findings_of(text) == findings
    assert findings[0][0] in ("A105", "A111", "A115", "A116", "A117") or not is_generated(text.encode())


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"asn_id": 1}, "warning"),
        ({"asn_id": None}, "error"),
        ({"asn_pool": 5}, "error"),
        ({"program": 1234}, "error"),
        ({"asn_type": None}, "error"),
        ({"degraded_status": 3}, "warning"),
        ({"code_version": False}, "warning"),
        ({"products": [{"members": [{"expname": "a", "exptype": "science", "exposerr": 0}]}]}, "warning"),
        ({"products": [{"members": [{"expname": 5, "exptype": "science"}]}]}, "error"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_wrong_type_is_an_error_if_pipelines_reject_it_and_else_a_warning(
    changes: dict[str, Any], severity: str
) -> None:
    findings = validate_bytes(association(**changes).encode(), "x_asn.json")
    assert [(finding.code, finding.severity) for finding in findings] == [("A112", severity)]


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"asn_type": ""}, "warning"),
        ({"asn_rule": ""}, "warning"),
        ({"asn_id": ""}, "error"),
        ({"asn_pool": ""}, "error"),
    ],
)
def test_empty_keyword_is_an_error_if_it_is_required_and_else_a_warning(changes: dict[str, Any], severity: str) -> None:
    findings = validate_bytes(association(**changes).encode(), "x_asn.json")
    assert [(finding.code, finding.severity) for finding in findings] == [("A113", severity)]


def test_schema_of_generated_files_is_stricter() -> None:
    readable = json.loads(association())
    written = {
        **readable,
        "asn_type": "stack",
        "asn_rule": "Image",
        "version_id": None,
        "code_version": "1",
        "degraded_status": "",
        "program": "7",
        "constraints": "",
        "target": "t1",
    }
    assert is_valid(readable, "association")
    assert not is_valid(readable, "generated")
    assert is_valid(written, "generated")
    wrong: dict[str, Any]
    for wrong in ({"target": None}, {"constraints": {}}, {"version_id": 3}, {"code_version": None}):
        assert is_valid({**written, **wrong}, "association")
        assert not is_valid({**written, **wrong}, "generated")
    capitals = json.loads(json.dumps(written).replace('"science"', '"SCIENCE"'))
    assert is_valid(capitals, "association")
    assert not is_valid(capitals, "generated")


def many_wrong_values(count: int) -> str:
    return association(
        products=[{"name": "", "members": [{"expname": "", "exptype": "SCIENCE"}]} for _ in range(count)]
    )


def many_repeated_members(count: int) -> str:
    return association(products=[product(*[("x", "science")] * 3, name=f"p{index % 3}") for index in range(count)])


def many_repeated_keys(count: int) -> str:
    return "{" + ",".join('"a":1' for _ in range(count)) + "}"


def many_unknown_exptypes(count: int) -> str:
    return association(products=[product(("a", "science"), *((f"m{i}", f"backgroun{i}") for i in range(count)))])


def many_unknown_keywords(count: int) -> str:
    return association(**{f"asn_typ{index}": "" for index in range(count)})


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("text", "count"),
    [
        (many_wrong_values(20_000), 3 * 20_000),
        (many_repeated_members(20_000), 3 * 20_000 - 3),
        (many_repeated_keys(100_000), 100_000),
        (many_unknown_exptypes(40_000), 1_000),
        (many_unknown_keywords(40_000), 0),
    ],
    ids=["wrong values", "repeated members", "repeated keys", "unknown exptypes", "unknown keywords"],
)
def test_every_problem_of_a_large_file_is_found(text: str, count: int) -> None:
    assert len(validate_bytes(text.encode(), "x_asn.json")) == count


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"", (None, None, "is empty", HAS)),
        (b" \n", (None, None, "is empty", HAS)),
        (b'{"a":\n "\0"}', (2, 3, "contains a NUL byte", "the file is binary, or was not written completely")),
        (
            b"\n<!doctype html>",
            (2, 1, "is HTML or XML", "an association is JSON; was an error page saved instead?"),
        ),
        (b'{"a":\n "\xe9"}', (2, 3, "the byte 0xE9 is not valid UTF-8", "save the file as UTF-8")),
        ("{}".encode("utf-16"), (None, None, "is in UTF-16", "save it as UTF-8")),
        (gzip.compress(b"{}", mtime=0), (None, None, "is compressed with gzip", "decompress it first")),
        (b"SIMPLE  =                    T", (None, None, "is a FITS file", "an association is JSON text")),
        (
            b"\xef\xbb\xbf" + association().encode(),
            (1, 1, "begins with a byte order mark", "save it as UTF-8 without one"),
        ),
    ],
)
def test_file_that_is_not_text_is_reported_with_its_type(data: bytes, finding: tuple[Any, ...]) -> None:
    assert findings_of(data) == [("A102", *finding)]


def test_unreadable_file_gives_one_finding(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent_asn.json")
    assert [str(f) for f in validate_file(absent)] == [f"{absent}: A101 cannot be read: no such file; check the name"]
    assert [str(f) for f in validate_file(str(tmp_path))] == [
        f"{tmp_path}: A101 cannot be read: it is a folder; give a file inside it"
    ]
    large = tmp_path / "large_asn.json"
    with large.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    assert [str(f) for f in validate_file(str(large))] == [
        f"{large}: A103 is larger than 64 MiB, the limit for an association"
    ]


texts = st.text(max_size=4)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.sampled_from(["science", "Science", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["members", "name", "expname", "exptype", "expnam", "x"]) | texts, inner, max_size=4
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["asn_id", "asn_pool", "products", "asn_typ", "target"]), anything))
def test_findings_of_any_object_have_known_codes_and_positions_in_the_text(value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=1)
    findings = validate_bytes(text.encode(), "x")
    lines = text.splitlines()
    for finding in findings:
        assert finding.code in KNOWN_CODES
        assert finding.line is not None
        assert finding.column is not None
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
    if not findings:
        assert is_valid(value, "association")


@given(st.binary(max_size=60))
def test_any_bytes_are_validated_without_an_exception(data: bytes) -> None:
    assert all(finding.message for finding in validate_bytes(data, "x"))
    assert is_generated(data) <= (not validate_bytes(data, "x"))


def test_schemas_describe_every_keyword() -> None:
    assert all(keyword["description"] for keyword in schema("generated")["properties"].values())
    association_schema = schema("association")
    for part in (association_schema, *association_schema["$defs"].values()):
        assert part["description"]
        assert all(keyword["description"] for keyword in part["properties"].values())


@pytest.mark.parametrize("keyword", ["target", "my_note"])
@pytest.mark.parametrize("escape", ["\\ud800", "\\uDFFF", "\\udc00\\ud800"])
def test_half_a_surrogate_pair_is_found_if_nothing_else_is_wrong(keyword: str, escape: str) -> None:
    text = association(**{keyword: "@"}).replace("@", escape)
    (finding,) = findings_of(text)
    assert (finding[0], finding[3]) == ("A104", "invalid JSON: lone surrogate in a string")


def test_whole_surrogate_pair_is_a_character() -> None:
    assert findings_of(association(target="@").replace("@", "\\ud83d\\ude00")) == []
