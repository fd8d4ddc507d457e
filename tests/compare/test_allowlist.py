"""Allow files: differences that are known and wanted."""

import json

import pytest
from support.runs import association

from asnforge.compare import compare
from asnforge.compare.allowlist import apply_allowlist, read_allowlist
from asnforge.compare.load_sides import read_association
from asnforge.findings import InputError


def read(folder=".", **keywords):
    name = keywords.pop("name", "product-a")
    return read_association(json.dumps(association(name, **keywords)).encode(), f"{name}_asn.json", folder)


@pytest.fixture
def allowed(tmp_path):
    """Compare, and give what an allowlist leaves: kinds, reasons, and the lines of entries that match nothing."""

    def run(text, expected, actual):
        path = tmp_path / "allow.yaml"
        path.write_text(text)
        result = apply_allowlist(compare(expected, actual), read_allowlist(str(path)))
        return (
            [difference.kind for difference in result.differences],
            [allowance.reason for allowance in result.allowed],
            [finding.line for finding in result.unused],
        )

    return run


@pytest.mark.parametrize(
    ("entry", "matches"),
    [
        ("kind: unexpected", True),
        ("kind: missing", False),
        ("product: product-a", True),
        ("product: 'product-*'", True),
        ("product: product", False),
        ("rule: Rule_*", True),
        ("type: image", True),
        ("type: spectrum", False),
        ("member: '*_1_cal.fits'", True),
        ("member: '*_2_cal.fits'", False),
        ("program: '00007'", True),
        ("program: '8*'", False),
        ("asn_id: o0*", True),
        ("asn_id: c1000", False),
        ("asn_pool: night.tsv", True),
        ("asn_pool: day.tsv", False),
        ("folder: night", True),
        ("folder: day", False),
        ("what: target", False),
        ("kind: unexpected, product: product-b", False),
        ("kind: unexpected, product: product-?", True),
        ("product: '[p]roduct-a'", False),
    ],
)
def test_an_entry_allows_what_has_all_that_it_names(allowed, entry, matches):
    text = f"allow:\n- {{{entry}, reason: we want it}}\n"
    assert allowed(text, [], [read("night")]) == (([], ["we want it"], []) if matches else (["unexpected"], [], [2]))


@pytest.mark.parametrize("rule", ["Rule_Image", "candidate_Rule_Image"])
def test_a_rule_is_allowed_with_and_without_the_peers_word_before_it(allowed, rule):
    text = f"allow:\n- {{rule: {rule}, reason: we want it}}\n"
    assert allowed(text, [], [read(asn_rule="candidate_Rule_Image")]) == ([], ["we want it"], [])


@pytest.mark.parametrize("keyword", ["asn_id", "asn_pool"])
def test_another_candidate_or_pool_is_allowed_by_the_name_of_its_keyword(allowed, keyword):
    text = f"allow:\n- {{what: {keyword}, reason: we want it}}\n"
    assert allowed(text, [read()], [read(**{keyword: "another"})]) == ([], ["we want it"], [])


@pytest.mark.parametrize(("what", "matches"), [("target", False), ("*", True), ("[at]*", False)])
def test_what_must_match_every_change(allowed, what, matches):
    text = f"allow:\n- what: '{what}'\n  reason: we want it\n"
    result = allowed(text, [read()], [read(target="t009", asn_rule="Another")])
    assert result == (([], ["we want it"], []) if matches else (["changed"], [], [2]))


def test_one_entry_allows_many_and_the_first_gives_the_reason(allowed):
    text = "allow:\n- kind: unexpected\n  reason: all of\n    them\n- product: b\n  reason: this one\n"
    assert allowed(text, [], [read(name="a"), read(name="b")]) == ([], ["all of them", "all of them"], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- kind: missing",
            ["1:1: C110 an allowlist has one key, 'allow', with a list; begin with 'allow:' and a list"],
        ),
        ("allow: []\nmore: 1", ["1:1: C110 an allowlist has one key, 'allow', with a list"]),
        ("allow:\n- missing", ["2:3: C110 an entry is a list of keys with values; such as 'kind: missing'"]),
        ("allow:\n- kind: missing", ["2:3: C110 the entry has no reason; say in 'reason' why"]),
        ("allow:\n- reason: x", ["2:3: C110 the entry would allow every difference; name at least one of kind, "]),
        ("allow:\n- kind: lost\n  reason: x", ["2:9: C110 'lost' is no kind of difference; kinds are missing, "]),
        (
            "allow:\n- knid: missing\n  type: x\n  reason: x",
            ["2:3: C110 'knid' is no key of an entry; keys are kind, "],
        ),
        ("allow:\n- kind: missing\n  reason: ''", ["3:11: C110 'reason' has no text"]),
        ("allow:\n- kind: [missing]\n  reason: x", ["2:9: C110 'kind' has no text"]),
        (
            "allow:\n- type: x\n- kind: y\n  reason: x",
            ["2:3: C110 the entry has no reason", "3:9: C110 'y' is no kind"],
        ),
        ("allow: [", ["2:1: C110 invalid YAML"]),
    ],
)
def test_each_fault_of_an_allow_file_is_told_with_its_place(tmp_path, text, said):
    path = tmp_path / "allow.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_allowlist(str(path))
    found = [str(finding).removeprefix(f"{path}:") for finding in caught.value.findings]
    assert len(found) == len(said)
    assert all(one.startswith(other) for one, other in zip(found, said, strict=True)), found


def test_an_absent_allow_file_is_told(tmp_path):
    with pytest.raises(InputError, match="C110 cannot be read: no such file; check the name"):
        read_allowlist(str(tmp_path / "absent.yaml"))
