"""Suite files: what is generated from what, and what is expected of it."""

import pytest

from asnforge.findings import InputError
from asnforge.regress.entries import Entry
from asnforge.regress.suite import read_suite
from asnforge.rulefiles.shipped import shipped


@pytest.fixture
def suite(tmp_path):
    for pool in ("a_pool.tsv", "b_pool.tsv.gz", "other.tsv"):
        (tmp_path / pool).write_text("")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a_pool.tsv").write_text("")

    def read(text):
        (tmp_path / "suite.yaml").write_text(text)
        return read_suite(tmp_path / "suite.yaml").entries

    return read


def test_an_entry_has_its_paths_from_the_suites_folder(suite, tmp_path):
    (tmp_path / "mine").mkdir()
    text = """
entries:
- {pool: other.tsv, expected: expected, rules: [mine, longslit-example, absent], only: [Rule], ids: [o001], scopes: candidates,
   merge: true, ignore_default: true, version_id: x, delimiter: '|', format: ascii, allow: allow.yaml, ignore: [target]}
"""
    assert suite(text) == (
        Entry(
            name="other",
            pool=str(tmp_path / "other.tsv"),
            expected=str(tmp_path / "expected"),
            rules=(str(tmp_path / "mine"), str(shipped("longslit-example")), str(tmp_path / "absent")),
            ignore_default=True,
            only=("Rule",),
            scopes="candidates",
            ids=("o001",),
            merge=True,
            version_id="x",
            delimiter="|",
            format="ascii",
            allow=str(tmp_path / "allow.yaml"),
            ignore=("target",),
        ),
    )


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("pool: a_pool.tsv, expected: x", [("a_pool", "a_pool.tsv", "x")]),
        (
            "pool: '*_pool.tsv*', expected: 'x/{pool}'",
            [("a_pool", "a_pool.tsv", "x/a_pool"), ("b_pool", "b_pool.tsv.gz", "x/b_pool")],
        ),
        (
            "pool: '*/a_pool.tsv', expected: '{pool}.yaml', name: 'more {pool}'",
            [("more a_pool", "more/a_pool.tsv", "a_pool.yaml")],
        ),
        ("pool: absent.tsv, expected: x", [("absent", "absent.tsv", "x")]),
    ],
)
def test_a_pattern_stands_for_each_pool_that_it_matches(suite, tmp_path, entry, found):
    entries = suite(f"entries:\n- {{{entry}}}\n")
    assert [(one.name, one.pool, one.expected) for one in entries] == [
        (name, str(tmp_path / pool), str(tmp_path / expected)) for name, pool, expected in found
    ]


def test_an_absolute_pattern_is_taken_as_it_stands(suite, tmp_path):
    (entry,) = suite(f"entries:\n- {{pool: '{tmp_path}/oth*.tsv', expected: x}}\n")
    assert entry.pool == str(tmp_path / "other.tsv")


def test_defaults_hold_where_an_entry_says_nothing_else(suite):
    text = "defaults: {merge: true, ids: [o001], expected: '{pool}'}\n"
    text += "entries:\n- pool: other.tsv\n- {pool: a_pool.tsv, ids: []}\n"
    assert [(entry.merge, entry.ids) for entry in suite(text)] == [(True, ("o001",)), (True, ())]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1", ["1:1: C120 a suite has a list 'entries'; with 'pool' and 'expected' in each"]),
        ("entries: []", ["1:1: C120 a suite has a list 'entries'"]),
        ("entries: [", ["2:1: C120 invalid YAML"]),
        ("entries:\n- other.tsv", ["2:3: C120 keys with values must stand here; such as 'pool: night.tsv'"]),
        ("entries:\n- pool: x", ["2:3: C120 the entry has no 'expected'"]),
        (
            "entries:\n- {pool: x, expectd: y}",
            [
                "2:3: C120 the entry has no 'expected'",
                "2:13: C120 'expectd' is no key of an entry; did you mean 'expected'?",
            ],
        ),
        ("entries:\n- {pool: x, expected: y, merge: yes}", ["2:33: C120 'merge' must be true or false"]),
        (
            "entries:\n- {pool: x, expected: y, rules: z}",
            ["2:33: C120 'rules' must be a list of texts; such as rules: [...]"],
        ),
        ("entries:\n- {pool: [x], expected: y}", ["2:10: C120 'pool' must be a text"]),
        (
            "entries:\n- {pool: x, expected: y, scopes: both}",
            ["2:34: C120 there are no scopes 'both'; they are all, candidates, "],
        ),
        ("entries:\n- {pool: x, expected: y, ignore: [tarjet]}", ["2:34: C120 'tarjet' is no key of an association"]),
        ("entries:\n- {pool: 'no*', expected: y}", ["2:10: C121 no pool matches 'no*'"]),
        ("entries:\n- {pool: x, expected: y}\n- {pool: z/x, expected: w}", ["3:3: C122 the entries of "]),
        ("entries:\n- {pool: x, expected: y}\nmore: 1", ["3:1: C120 'more' is no key of a suite"]),
        ("defaults: 3\nentries:\n- {pool: x, expected: y}", ["1:11: C120 keys with values must stand here"]),
    ],
)
def test_each_fault_of_a_suite_is_told_with_its_place(suite, tmp_path, text, said):
    with pytest.raises(InputError) as caught:
        suite(text)
    found = [str(finding).removeprefix(f"{tmp_path}/suite.yaml:") for finding in caught.value.findings]
    assert len(found) == len(said), found
    assert all(one.startswith(other) for one, other in zip(found, said, strict=True)), found


def test_an_absent_suite_is_told(tmp_path):
    with pytest.raises(InputError, match="C120 cannot be read: no such file; check the name"):
        read_suite(tmp_path / "suite.yaml")
