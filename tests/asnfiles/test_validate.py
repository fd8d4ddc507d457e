"""Association files are checked, and each fault is told by its place."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asnforge.asnfiles.read import LARGEST
from asnforge.asnfiles.schema import association_schema, check_generated, generated_schema, is_association
from asnforge.asnfiles.validate import validate_bytes, validate_file
from asnforge.findings.registry import all_codes

KNOWN_CODES = {code.code for code in all_codes()}


def association(**changes):
    """An association as text, a keyword a line, so that lines can be told."""
    value = {
        "asn_id": "o001",
        "asn_pool": "night.tsv",
        "products": [{"name": "p1", "members": [{"expname": "a.fits", "exptype": "science"}]}],
    }
    return json.dumps({**value, **changes}, indent=1)


def product(*members, **keywords):
    return {"members": [{"expname": expname, "exptype": exptype} for expname, exptype in members], **keywords}


def told(text):
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
def test_what_pipelines_can_run_on_has_no_findings(text):
    assert told(text) == []
    assert is_association(json.loads(text))


ALL = "required are asn_id, asn_pool, products"
FORM = "an association is an object {...} with asn_id, asn_pool and products"
HAS = "an association has the keywords asn_id, asn_pool and products"


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("[1]", [("A106", 1, 1, "the file holds a list, no association", FORM)]),
        ("3", [("A106", 1, 1, "the file holds the number 3, no association", FORM)]),
        ('{"type": "Feature"}', [("A106", 1, 1, "the file is JSON, but no association", HAS)]),
        (
            '{"asn_id": "o001", "products": [{}]}',
            [
                ("A110", 1, 1, "the association has no 'asn_pool'", f'add "asn_pool"; {ALL}'),
                ("A110", 1, 33, "product 1 has no 'members'", 'add "members"'),
            ],
        ),
        (
            association(products=[{"members": [{"expnam": "a.fits", "exptype": "science"}]}]),
            [("A111", 8, 6, "'expnam' is no keyword of member 1, which has no 'expname'", 'write "expname"')],
        ),
        (
            association(asn_typ="image3"),
            [("A111", 15, 2, "'asn_typ' is no keyword of the association", 'did you mean "asn_type"?')],
        ),
        (
            association(program=4),
            [("A112", 15, 13, "the keyword 'program' is the number 4", "it must be text in double quotes")],
        ),
        (
            association(version_id=["1"]),
            [
                (
                    "A112",
                    15,
                    16,
                    "the keyword 'version_id' is a list",
                    "it must be text in double quotes or a number or null",
                )
            ],
        ),
        (
            association(products=[{"members": [{"expname": "a", "exptype": True}, 5]}]),
            [
                ("A112", 9, 17, "the keyword 'exptype' is true", "it must be text in double quotes"),
                ("A112", 11, 5, "member 2 is the number 5", "it must be an object {...}"),
            ],
        ),
        (
            association(products=[]),
            [("A113", 4, 14, "the keyword 'products' is empty", "an association needs one product or more")],
        ),
        (
            association(products=[{"members": []}]),
            [("A113", 6, 15, "the keyword 'members' is empty", "a product needs one member or more")],
        ),
        (
            association(products=[product(("a.fits", "science"), name="")]),
            [("A113", 12, 12, "the keyword 'name' is empty", "it needs some text")],
        ),
        (
            association(products=[product(("a.fits", "psf"))]),
            [("A114", 6, 15, "product 1 has no science member", 'the exptype of one member or more must be "science"')],
        ),
        (
            association(products=[product(("a", "science"), name="p"), product(("b", "science"), name="p")]),
            [("A115", 21, 12, "product 2 has the name of product 1, 'p'", "give each product a name of its own")],
        ),
        (
            association(products=[product(("a", "science"), ("b", "science"), ("a", "science"))]),
            [("A116", 15, 5, "member 3 is member 1 again: 'a', science", "remove one of the two")],
        ),
        (
            association(products=[product(("a", "Science"))]),
            [
                (
                    "A117",
                    9,
                    17,
                    "the exptype of member 1 is 'Science'",
                    'write "science": a pipeline that compares exptype case-sensitively ignores the member',
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
                    'the exptype of one member or more must be "science"',
                ),
                ("A118", 9, 17, "the exptype of member 1 is 'sciense'", 'did you mean "science"?'),
            ],
        ),
        (
            association(products=[product(("a", "science"), name="p"), product(("b", "science"), name="P")]),
            [("A115", 21, 12, "product 2 has the name of product 1, 'P'", "give each product a name of its own")],
        ),
        (
            association().replace('"asn_id"', '"asn_pool": "x", "asn_id"', 1),
            [
                (
                    "A105",
                    3,
                    2,
                    "'asn_pool' stands twice in the association",
                    "only the last of the two is read; remove one",
                )
            ],
        ),
        (
            association()[:-1] + ",}",
            [("A104", 15, 1, "a comma stands before the closing '}'", "remove the comma")],
        ),
        ("[" * 5000, [("A103", 1, 65, "the JSON is nested deeper than 64 levels", "")]),
    ],
)
def test_each_fault_has_its_code_place_and_remedy(text, findings):
    assert told(text) == findings
    assert findings[0][0] in ("A105", "A111", "A115", "A116", "A117") or not check_generated(text.encode())


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
def test_a_wrong_type_is_an_error_where_pipelines_reject_it_and_else_a_warning(changes, severity):
    found = validate_bytes(association(**changes).encode(), "x_asn.json")
    assert [(finding.code, finding.severity) for finding in found] == [("A112", severity)]


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"asn_type": ""}, "warning"),
        ({"asn_rule": ""}, "warning"),
        ({"asn_id": ""}, "error"),
        ({"asn_pool": ""}, "error"),
    ],
)
def test_an_empty_keyword_is_an_error_where_it_is_required_and_else_a_warning(changes, severity):
    found = validate_bytes(association(**changes).encode(), "x_asn.json")
    assert [(finding.code, finding.severity) for finding in found] == [("A113", severity)]


def test_what_is_written_passes_a_stricter_schema_than_what_is_read():
    read = json.loads(association())
    written = {
        **read,
        "asn_type": "stack",
        "asn_rule": "Image",
        "version_id": None,
        "code_version": "1",
        "degraded_status": "",
        "program": "7",
        "constraints": "",
        "target": "t1",
    }
    assert is_association(read)
    assert not check_generated(read)
    assert check_generated(written)
    for wrong in ({"target": None}, {"constraints": {}}, {"version_id": 3}, {"code_version": None}):
        assert is_association({**written, **wrong})
        assert not check_generated({**written, **wrong})
    capitals = json.loads(json.dumps(written).replace('"science"', '"SCIENCE"'))
    assert is_association(capitals)
    assert not check_generated(capitals)


def many_faults(count):
    return association(
        products=[{"name": "", "members": [{"expname": "", "exptype": "SCIENCE"}]} for _ in range(count)]
    )


def many_repeated_members(count):
    return association(products=[product(*[("x", "science")] * 3, name=f"p{index % 3}") for index in range(count)])


def many_repeated_keys(count):
    return "{" + ",".join('"a":1' for _ in range(count)) + "}"


def many_unknown_exptypes(count):
    return association(products=[product(("a", "science"), *((f"m{i}", f"backgroun{i}") for i in range(count)))])


def many_unknown_keywords(count):
    return association(**{f"asn_typ{index}": "" for index in range(count)})


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("text", "count"),
    [
        (many_faults(40_000), 3 * 40_000),
        (many_repeated_members(20_000), 3 * 20_000 - 3),
        (many_repeated_keys(100_000), 100_000),
        (many_unknown_exptypes(40_000), 1_000),
        (many_unknown_keywords(40_000), 0),
    ],
    ids=["wrong values", "repeated members", "repeated keys", "unknown exptypes", "unknown keywords"],
)
def test_a_large_file_of_faults_takes_seconds(text, count):
    assert len(validate_bytes(text.encode(), "x_asn.json")) == count


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"", (None, None, "is empty", HAS)),
        (b" \n", (None, None, "is empty", HAS)),
        (b'{"a":\n "\0"}', (2, 3, "holds a NUL byte", "it is no text, or was not written to its end")),
        (
            b"\n<!doctype html>",
            (2, 1, "is HTML or XML", "an association is JSON; was an error page saved in its place?"),
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
def test_what_is_no_text_is_named_for_what_it_is(data, finding):
    assert told(data) == [("A102", *finding)]


def test_files_that_cannot_be_read_give_one_finding_each(tmp_path):
    absent = str(tmp_path / "absent_asn.json")
    assert [str(f) for f in validate_file(absent)] == [f"{absent}: A101 cannot be read: no such file; check the name"]
    assert [str(f) for f in validate_file(str(tmp_path))] == [
        f"{tmp_path}: A101 cannot be read: it is a folder; give a file inside it"
    ]
    large = tmp_path / "large_asn.json"
    with large.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    assert [str(f) for f in validate_file(str(large))] == [
        f"{large}: A103 is larger than the 64 MiB that are read of an association"
    ]


texts = st.text(max_size=4)
anything = st.recursive(
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
def test_any_object_gives_findings_with_known_codes_and_places_in_the_text(value):
    text = json.dumps(value, indent=1)
    findings = validate_bytes(text.encode(), "x")
    lines = text.splitlines()
    for finding in findings:
        assert finding.code in KNOWN_CODES
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
    if not findings:
        assert is_association(value)


@given(st.binary(max_size=60))
def test_any_bytes_give_findings_and_no_exception(data):
    assert all(finding.message for finding in validate_bytes(data, "x"))
    assert check_generated(data) <= (not validate_bytes(data, "x"))


def test_the_schemas_describe_every_keyword():
    assert all(keyword["description"] for keyword in generated_schema()["properties"].values())
    schema = association_schema()
    for part in (schema, schema["$defs"]["product"], schema["$defs"]["member"]):
        assert part["description"]
        assert all(keyword["description"] for keyword in part["properties"].values())


@pytest.mark.parametrize("keyword", ["target", "my_note"])
@pytest.mark.parametrize("escape", ["\\ud800", "\\uDFFF", "\\udc00\\ud800"])
def test_half_a_surrogate_pair_is_found_where_nothing_else_is_wrong(keyword, escape):
    text = association(**{keyword: "@"}).replace("@", escape)
    (found,) = told(text)
    assert found[0] == "A104"
    assert found[3] == "a text holds half a surrogate pair, which is no letter"


def test_a_whole_surrogate_pair_is_a_character():
    assert told(association(target="@").replace("@", "\\ud83d\\ude00")) == []
