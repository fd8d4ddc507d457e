"""``asnforge generate`` as its user meets it: what is shown, what is there afterwards, and the exit status."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.command import LYNX, Ran, Run, run_main
from support.observatory import pool_text, rule, write_ruleset, write_yaml

from asnforge.asnfiles.output_checks import UNEXPECTED_FILES
from asnforge.asnfiles.staging import NO_FOLDER
from asnforge.asnfiles.validate import validate_file
from asnforge.findings import FindingCode
from asnforge.generation.files import ORPHANS_REPLACE, SHARED_FOLDER

NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 7        red    2     o1/night
c_raw.f 7        red    2     o2/night
d_raw.f .        red    2     o2/night
"""
TEXT = pool_text(NIGHT)
FIELDS = rule("Fields", group_by={"field": {"column": "FIELD"}})
FILES = [
    "p007-o1_stack_01_asn.json",
    "p007-o2_stack_01_asn.json",
    "p007-z9_stack_01_asn.json",
    "p007-z9_stack_02_asn.json",
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``asnforge generate`` with the invented observatory's rules, in a folder with a pool."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    write_ruleset(Path("lynx"), FIELDS)
    Path("pool.tsv").write_text(TEXT)

    def generate(*arguments: str, rules: tuple[str, ...] = LYNX) -> Ran:
        return run_main(capsys, "generate", *rules, *arguments)

    return generate


def untimed(text: str) -> str:
    return re.sub(r"\d+\.\d\d s", "T s", text)


def test_associations_are_written_and_summarized(run: Run) -> None:
    ran = run("pool.tsv", "-o", "out")
    assert (ran.status, ran.stderr, ran.files) == (0, "", FILES)
    assert untimed(ran.stdout) == (
        "rule    associations  exposures\n"
        "------  ------------  ---------\n"
        "Fields             4          3\n"
        "4 associations from 4 exposures, 1 orphan, 0 warnings, 1 duplicate dropped, T s\n"
    )
    assert [validate_file(f"out/{name}") for name in FILES] == [()] * 4


def test_verbose_shows_every_file(run: Run) -> None:
    assert run("pool.tsv", "-o", "out", "-v", "--only", "fields", "--all-candidates").stdout.splitlines()[:3] == [
        "out/p007-o1_stack_01_asn.json: p007-o1_f01_red_open, 1 member",
        "out/p007-o1_stack_02_asn.json: p007-o1_f02_red_open, 1 member",
        "out/p007-o2_stack_01_asn.json: p007-o2_f02_red_open, 1 member",
    ]


def test_a_second_run_counts_unchanged_files(run: Run) -> None:
    run("pool.tsv", "-o", "out")
    times = [Path("out", name).stat().st_mtime_ns for name in FILES]
    ran = run("pool.tsv", "-p", "out")
    assert untimed(ran.stdout).splitlines()[-1] == (
        "4 associations from 4 exposures, 1 orphan, 0 warnings, 1 duplicate dropped, 4 files unchanged, T s"
    )
    assert [Path("out", name).stat().st_mtime_ns for name in FILES] == times


def test_a_dry_run_shows_files_and_writes_none(run: Run) -> None:
    ran = run("pool.tsv", "-o", "out", "--dry-run", "--save-orphans", "orphans.tsv")
    assert [line.partition(":")[0] for line in ran.stdout.splitlines()[:4]] == [f"out/{name}" for name in FILES]
    assert untimed(ran.stdout).splitlines()[-1] == (
        "4 associations from 4 exposures, 1 orphan, 0 warnings, 1 duplicate dropped, nothing written, T s"
    )
    assert sorted(path.name for path in Path().iterdir()) == ["lynx", "pool.tsv"]


@pytest.mark.parametrize(
    ("options", "scopes"),
    [
        ((), ["o1", "o2", "z9"]),
        (("--all-candidates",), ["o1", "o2"]),
        (("--discover",), ["z9"]),
        (("-i", "o2"), ["o2"]),
        (("--ids", "O2", "--ids", "z9"), ["o2", "z9"]),
    ],
)
def test_scopes(run: Run, options: tuple[str, ...], scopes: list[str]) -> None:
    ran = run("pool.tsv", "-o", "out", *options)
    assert sorted({json.loads(Path("out", name).read_text())["asn_id"] for name in ran.files}) == scopes


def test_merge(run: Run) -> None:
    ran = run("pool.tsv", "-o", "out", "--merge", "--all-candidates")
    assert ran.files == ["p007-o1_stack_01_asn.json", "p007-o2_stack_01_asn.json"]
    merged = json.loads(Path("out", ran.files[0]).read_text())
    assert [product["name"] for product in merged["products"]] == ["p007-o1_f01_red_open", "p007-o1_f02_red_open"]
    assert (merged["target"], merged["program"]) == ("f01|f02", "007")
    assert untimed(ran.stdout).splitlines()[-2:] == [
        "Fields             2          3",
        "2 associations from 4 exposures, 1 orphan, 0 warnings, T s",
    ]


def test_merge_says_that_the_pipeline_makes_only_the_first_product(run: Run) -> None:
    facts = {"stack": {"pipeline": "stack_images", "products": "first"}}
    write_ruleset(Path("facts"), FIELDS, asn_types=facts)
    Path("whole.tsv").write_text(TEXT.replace("d_raw.f\t\t", "d_raw.f\t7\t"))
    own = {"rules": ("--rules", "facts", "--ignore-default")}
    options = ("whole.tsv", "-o", "out", "--all-candidates", "--strict")
    assert run(*options, **own).status == 0
    ran = run(*options, "--merge", **own)
    assert ran.status == 1
    assert ran.stderr.splitlines()[0] == (
        "whole.tsv: G120 warning: 1 stack association has several products, of which stack_images makes only the first; "
        "generate without --merge; the first of them is p007-o1_stack_01_asn.json"
    )


def test_orphans_can_be_generated_from(run: Run) -> None:
    ran = run("pool.tsv", "-o", "out", "--save-orphans", "new/orphans.tsv")
    assert ran.status == 0
    assert Path("new/orphans.tsv").read_text().splitlines()[1:] == ["d_raw.f\t\tred\t2\t[('o2', 'night')]"]
    again = run("new/orphans.tsv", "-o", "again")
    assert (again.status, untimed(again.stdout)) == (0, "0 associations from 1 exposure, 1 orphan, 0 warnings, T s\n")


def test_a_file_that_is_listed_twice(run: Run) -> None:
    Path("pool.tsv").write_text(f"{TEXT}a_raw.f\t7\tred\t1\t\n")
    ran = run("pool.tsv", "-o", "out", "--save-orphans", "orphans.tsv")
    assert (ran.status, ran.files) == (0, FILES)
    assert (
        ran.stderr
        == "pool.tsv:6: G103 warning: FILE a_raw.f is already on line 2: the file is a member of a group only once\n"
    )
    assert Path("orphans.tsv").read_text().splitlines()[1:] == ["d_raw.f\t\tred\t2\t[('o2', 'night')]"]


def test_json(run: Run) -> None:
    Path("bad.tsv").write_text("nothing\n")
    ran = run("pool.tsv", "bad.tsv", "-o", "out", "--json", "-i", "o1")
    assert (ran.status, ran.stderr) == (2, "")
    summary = json.loads(ran.stdout)
    seconds = [found.pop("seconds") for found in summary["pools"]]
    assert all(second >= 0 for second in seconds)
    assert (summary["ruleset"], list(summary)) == ("lynx", ["version", "ruleset", "pools"])
    good, bad = summary["pools"]
    assert good == {
        "pool": "pool.tsv",
        "folder": "out/pool",
        "failed": False,
        "findings": [],
        "exposures": 4,
        "orphans": [4, 5],
        "degraded": [],
        "rules": {"Fields": {"associations": 2, "exposures": 2, "products": 0}},
        "associations": [
            {
                "file": f"p007-o1_stack_{number}_asn.json",
                "asn_rule": "Fields",
                "asn_type": "stack",
                "products": [{"name": f"p007-o1_f{number}_red_open", "members": 1, "file": None}],
            }
            for number in ("01", "02")
        ],
        "dropped": [],
        "exposures_merged": 0,
        "dependence": {"directed": True, "nodes": [], "edges": []},
    }
    assert (bad["failed"], [finding["code"] for finding in bad["findings"]]) == (True, ["P109"])


def test_products_that_associations_use_are_shown_and_a_graph_in_json(run: Run) -> None:
    file_name = "{program}-{scope}_{asn_type}_asn.json"
    fields = {**FIELDS, "product_file": "{product}.f", "file_name": "{product}_asn.json"}
    write_yaml(Path("lynx/fields.yaml"), fields)
    write_yaml(Path("lynx/all.yaml"), rule("All", product_of="Fields", asn_type="all", file_name=file_name))
    summary = json.loads(run("pool.tsv", "-o", "out", "--json", "-i", "o1").stdout)["pools"][0]
    products = ["p007-o1_f01_red_open", "p007-o1_f02_red_open"]
    files = [*(f"{product}_asn.json" for product in products), "p007-o1_all_asn.json"]
    assert [association["file"] for association in summary["associations"]] == files
    assert summary["associations"][0]["products"] == [{"name": products[0], "members": 1, "file": f"{products[0]}.f"}]
    assert summary["dependence"] == {
        "directed": True,
        "nodes": [{"id": file} for file in files],
        "edges": [
            {"source": f"{product}_asn.json", "target": files[2], "product_file": f"{product}.f"}
            for product in products
        ],
    }
    assert run("pool.tsv", "-o", "out", "-i", "o1").stdout.splitlines()[:4] == [
        "rule    associations  exposures  products",
        "------  ------------  ---------  --------",
        "All                1          0         2",
        "Fields             2          2         0",
    ]
    assert json.loads(Path("out", files[2]).read_text())["products"] == [
        {
            "name": "p007-o1_f00_red_open",
            "members": [
                {"expname": f"{product}.f", "exptype": "science", "exposerr": None, "asn_candidate": None}
                for product in products
            ],
        }
    ]


VERSIONED = "p007-o2_{}_stack_01_asn.json"


@pytest.mark.parametrize(
    ("options", "epoch", "version"),
    [
        (("--version-id=v1.2",), None, "v1.2"),
        (("--version-id", "v1.2"), None, "v1.2"),
        (("--version-id",), "0", "19700101t000000"),
        (("--version-id", "--discover"), "86399", None),
        (("--version-id=now",), "86399", "now"),
        (("--version-id=Text",), "0", "Text"),
    ],
)
def test_version_id_is_in_the_keyword_and_in_file_names(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], epoch: str | None, version: str | None
) -> None:
    if epoch is not None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    ran = run("pool.tsv", "-o", "out", *options)
    found = [json.loads(Path("out", name).read_text())["version_id"] for name in ran.files]
    assert set(found) == {version or "19700101t235959"}
    assert version is None or VERSIONED.format(version.lower()) in ran.files


def test_the_default_version_is_the_current_time(run: Run) -> None:
    before = time.strftime("%Y%m%dt%H%M%S", time.gmtime())
    ran = run("pool.tsv", "-o", "out", "--version-id")
    version = json.loads(Path("out", ran.files[0]).read_text())["version_id"]
    assert before <= version <= time.strftime("%Y%m%dt%H%M%S", time.gmtime())


def test_rules_are_added_and_selected(run: Run) -> None:
    write_yaml(Path("more.yaml"), rule("More", asn_type="more", product="{scope}-more-{camera}"))
    ran = run("pool.tsv", "-o", "out", "--discover", "-r", "more.yaml", "--only", "more")
    assert ran.files == ["p007-z9_more_01_asn.json"]


def test_each_of_several_pools_has_a_folder(run: Run) -> None:
    Path("two.csv.gz").write_bytes(gzip.compress(pool_text(NIGHT, ",").replace("CANDIDATES", "OTHERS").encode()))
    Path("bad.tsv").write_text("FILE\tPROPOSAL\tCAMERA\n")
    two = "\n".join(["FILE,PROPOSAL,CAMERA,FIELD", "a_raw.f,8,red,1", ""])
    Path("two.csv.gz").write_bytes(gzip.compress(two.encode()))
    ran = run("pool.tsv", "bad.tsv", "two.csv.gz", "-o", "out", "--save-orphans", "rest.tsv")
    assert ran.status == 2
    assert ran.files == [
        *(f"pool/{name}" for name in FILES),
        "pool/rest.tsv",
        "two/p008-z9_stack_01_asn.json",
        "two/rest.tsv",
    ]
    assert untimed(ran.stdout).splitlines()[-1] == (
        "5 associations from 5 exposures, 1 orphan, 1 warning, 1 duplicate dropped, 1 pool failed, T s"
    )
    assert [line.split(" ")[:2] for line in ran.stderr.splitlines()] == [
        ["bad.tsv:1:", "P105"],
        ["two.csv.gz:1:", "G112"],
    ]


def test_many_warnings_are_shortened_and_strict_sets_the_status(run: Run) -> None:
    rows = "".join("a_raw.f\t7\tred\t1\t\n" for _ in range(9))
    Path("pool.tsv").write_text(TEXT + rows)
    ran = run("pool.tsv", "-o", "out")
    assert (ran.status, len(ran.files)) == (0, 4)
    assert ran.stderr.splitlines()[4:] == [
        "pool.tsv:10: G103 warning: FILE a_raw.f is already on line 2: the file is a member of a group only once",
        "pool.tsv: G103 4 more like this; -v shows all",
    ]
    assert len(run("pool.tsv", "-o", "out", "-v").stderr.splitlines()) == 9
    assert run("pool.tsv", "-o", "out", "--strict").status == 1
    Path("pool.tsv").write_text(TEXT)
    assert run("pool.tsv", "-o", "out", "--strict").status == 0


LATIN = TEXT.encode() + b"e_raw.f\t7\tr\xe9d\t1\t\n"
ROW = "e_raw.f\t7\tred\t1\t"

REFUSED = {
    "empty": (b"", ": P104 the pool is empty; a pool has a header line and one line per exposure"),
    "header alone": (
        TEXT.split("\n")[0],
        ":1: P105 the pool has a header line but no rows; a pool has one line per exposure",
    ),
    "no file names": (
        TEXT.replace("FILE", "NAME"),
        ":1: G101 the pool has no column FILE, which every rule needs; "
        "its columns are NAME, PROPOSAL, CAMERA, FIELD, CANDIDATES",
    ),
    "no column that every rule needs": (
        TEXT.replace("PROPOSAL", "X"),
        ":1: G101 the pool has no column PROPOSAL, which every rule needs; its columns are FILE, X, CAMERA, FIELD, CANDIDATES",
    ),
    "binary": (
        b"\x7fELF\x02\x01\x01\0\0\0",
        ": P106 not a table: the file is binary; a pool is a text table in UTF-8; "
        "for a format that astropy reads give --format",
    ),
    "JSON": (
        '{"asn_id": 1}',
        ": P106 not a table: the file is JSON; a pool is a text table; for associations use `validate`",
    ),
}
WARNED = {
    "no candidates": (
        TEXT.replace("CANDIDATES", "X"),
        ":1: G112 warning: missing column CANDIDATES: no exposure names a candidate, so all associations are over the whole "
        "pool",
    ),
    "a cell too many": (
        f"{TEXT}{ROW}\tx\n",
        ":6: P151 warning: the row has 6 cells, so the exposure is rejected; the header line has 5 columns",
    ),
    "too few cells": (
        f"{TEXT}e_raw.f\t7\n",
        ":6: P151 warning: the row has 2 cells, so the exposure is rejected; the header line has 5 columns",
    ),
    "a directory": (
        f"{TEXT}../\t7\tred\t1\t\n",
        ":6: G102 warning: FILE '../' is a directory, not a file name, so the exposure cannot be in any association",
    ),
    "a program that would leave the folder": (
        f"{TEXT}e_raw.f\t../../x\tred\t1\t\n",
        ":6: G102 warning: PROPOSAL '../../x' cannot be part of a file name, so Fields rejects the exposure; use "
        "letters a-z, digits, '.', '_', '+' and '-', and at most 80 characters; a name begins with a letter or digit",
    ),
    "another encoding": (
        LATIN,
        ":6:12: P153 warning: the row is not UTF-8: byte 0xe9, so the exposure is rejected; save the pool as UTF-8",
    ),
    "a NUL byte": (
        f"{TEXT}e\0f\t7\tred\t1\t\n",
        ":6:2: P152 warning: the row has a NUL byte, so the exposure is rejected; rewrite the row",
    ),
}


@pytest.mark.parametrize(("text", "expected_error"), REFUSED.values(), ids=REFUSED)
def test_an_unusable_pool_is_rejected(run: Run, text: str | bytes, expected_error: str) -> None:
    Path("pool.tsv").write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = run("pool.tsv", "-o", "out", "--save-orphans", "orphans.tsv")
    assert (ran.status, ran.stdout, ran.stderr) == (2, "", f"pool.tsv{expected_error}\n")
    assert sorted(path.name for path in Path().iterdir()) == ["lynx", "pool.tsv"]


@pytest.mark.parametrize(("text", "expected_error"), WARNED.values(), ids=WARNED)
def test_only_a_malformed_row_is_skipped_and_it_is_an_orphan(run: Run, text: str | bytes, expected_error: str) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    Path("pool.tsv").write_bytes(data)
    ran = run("pool.tsv", "-o", "out", "--discover", "--save-orphans", "orphans.tsv")
    assert (ran.status, ran.stderr) == (0, f"pool.tsv{expected_error}\n")
    assert ran.files == ["p007-z9_stack_01_asn.json", "p007-z9_stack_02_asn.json"]
    left = b"".join(data.splitlines(keepends=True)[4:])
    assert Path("orphans.tsv").read_bytes() == data.splitlines(keepends=True)[0] + left


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        "\ufeff" + TEXT,
        f"# a comment\n\n{TEXT}",
        pool_text(NIGHT, "|"),
        TEXT.replace("FILE", "file").replace("CAMERA", "Camera"),
    ],
    ids=["CRLF", "CR", "byte order mark", "comments", "other delimiter", "case"],
)
def test_layout_of_the_pool_does_not_change_associations(run: Run, text: str) -> None:
    expected = run("pool.tsv", "-o", "expected")
    Path("pool.tsv").write_bytes(text.encode())
    ran = run("pool.tsv", "-o", "out")
    assert (ran.status, ran.stderr, untimed(ran.stdout)) == (0, "", untimed(expected.stdout))
    assert [Path("out", name).read_bytes() for name in FILES] == [Path("expected", name).read_bytes() for name in FILES]


IN_THE_WAY = "G109 the folder cannot be created: a file is in the way; choose another folder, or move the file"
OVER = "G114 the orphans would replace the pool pool.tsv; choose another file for them"


@pytest.mark.parametrize(
    ("arguments", "expected_error"),
    [
        (("absent.tsv",), "absent.tsv: P101 no such file"),
        (("pool.tvs",), "pool.tvs: P101 no such file; did you mean pool.tsv?"),
        (("lynx",), "lynx: P102 it is a folder, not a pool; give a file inside it"),
        (("pool.tsv", "--delimiter", "|"), "pool.tsv:1: P113 the header line does not have the delimiter `|`; "
                                           "its delimiter seems to be tab: omit --delimiter"),
        (("pool.tsv", "--format", "nonsense"), None),
        (("pool.tsv", "-i", "o9"), "pool.tsv: G104 no candidate o9 in the pool; available: o1, o2, z9"),
        (("pool.tsv", "--only", "Field"), "R201 there is no rule Field in lynx; did you mean Fields?"),
        (("pool.tsv", "-r", "absent"), "absent: R101 no such rule file or folder"),
        (("pool.tsv", "-r", "pool.tsv"), None),
        (("pool.tsv", "-o", "pool.tsv"), f"pool.tsv: {IN_THE_WAY}"),
        (("pool.tsv", "-o", "pool.tsv/x"), f"pool.tsv/x: {IN_THE_WAY}"),
        (("pool.tsv", "--save-orphans", "pool.tsv"), f"pool.tsv: {OVER}"),
        (("pool.tsv", "--save-orphans", "lynx/../pool.tsv"), f"lynx/../pool.tsv: {OVER}"),
        (("pool.tsv", "--save-orphans", "pool.tsv/x"), f"pool.tsv: {IN_THE_WAY}"),
        (("pool.tsv", "--save-orphans", "lynx"), "lynx: A190 the file cannot be written: a folder has this name; "
                                                 "choose another name, or move the folder"),
        (("pool.tsv", "pool.tsv"), "G111 pool.tsv and pool.tsv would both go to out/pool; generate them in two runs, "
                                   "or rename one"),
    ],
)  # fmt: skip
def test_errors_are_reported_on_one_line_and_change_no_file(
    run: Run, arguments: tuple[str, ...], expected_error: str | None
) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    ran = run("-o", "out", *arguments)
    assert (ran.status, len(ran.stderr.splitlines())) == (2, 1)
    assert expected_error in (None, ran.stderr.removesuffix("\n"))
    assert all(path.read_bytes() == data for path, data in before.items())


def test_a_pool_named_like_a_candidate_is_a_pool(run: Run) -> None:
    Path("o2").write_text(TEXT)
    assert run("pool.tsv", "-i", "o1", "o2", "-o", "out").status == 0
    assert run("o3", "-o", "out").stderr.startswith("o3: P101 no such file")


DEGRADED = """
FILE    PROPOSAL CAMERA FIELD TROUBLE
a_raw.f 7        red    1     Door
b_raw.f 7        red    1     .
c_raw.f 7        red    2     none
"""


def test_degraded_members_are_counted_and_are_not_warnings(run: Run) -> None:
    Path("pool.tsv").write_text(pool_text(DEGRADED).replace("FILE\t", "CANDIDATES\tFILE\t").replace("\n", "\n\t", 3))
    ran = run("pool.tsv", "-o", "out", "--strict")
    assert (ran.status, ran.stderr) == (0, "")
    assert untimed(ran.stdout).splitlines()[-1] == (
        "2 associations from 3 exposures, 1 association with degraded members, 0 orphans, 0 warnings, T s"
    )
    assert run("pool.tsv", "-o", "out", "-v").stdout.splitlines()[:2] == [
        "out/p007-z9_stack_01_asn.json: p007-z9_f01_red_open, 2 members",
        "out/p007-z9_stack_01_asn.json: degraded member a_flat.f: 'Door'",
    ]
    (pool,) = json.loads(run("pool.tsv", "-o", "out", "--json").stdout)["pools"]
    assert pool["degraded"] == [
        {"file": "p007-z9_stack_01_asn.json", "members": [{"expname": "a_flat.f", "exposerr": "Door"}]}
    ]


@pytest.mark.parametrize("flag", ["--DMS", "--no-merge"])
def test_flags_of_asn_generate_without_effect_are_accepted(run: Run, flag: str) -> None:
    assert run("pool.tsv", "-o", "out", flag).files == FILES


def test_file_names_with_directories(run: Run) -> None:
    names = ["./x/", "/x/y/", "C:\\\\x\\\\", ""]
    text = "".join(f"{name}{line}\n" for name, line in zip(["", *names], TEXT.splitlines(), strict=True))
    Path("pool.tsv").write_text(text)
    ran = run("pool.tsv", "-o", "out", "--save-orphans", "orphans.tsv")
    assert (ran.stderr, ran.files) == ("", FILES)
    (product,) = json.loads(Path("out", FILES[1]).read_text())["products"]
    assert [member["expname"] for member in product["members"]] == ["c_flat.f"]


def test_orphans_keep_the_pools_own_header(run: Run) -> None:
    write_ruleset(Path("lynx"), FIELDS, columns={"FILE": {"also": ["NAME"]}, "PROPOSAL": {"also": ["PROG"]}})
    Path("pool.tsv").write_text(TEXT.replace("FILE", "NAME").replace("PROPOSAL", "Prog"))
    ran = run("pool.tsv", "-o", "out", "--save-orphans", "orphans.tsv")
    assert (ran.stderr, ran.files) == ("", FILES)
    assert Path("orphans.tsv").read_text().splitlines() == [
        "NAME\tProg\tCAMERA\tFIELD\tCANDIDATES",
        TEXT.splitlines()[-1],
    ]


@pytest.mark.parametrize("name", ["pool.fits", "pool.ecsv", "pool.xml"])
def test_rows_of_a_table_without_lines_are_reported_as_rows(run: Run, name: str) -> None:
    from astropy.table import Table

    header, *rows = [line.split("\t") for line in TEXT.splitlines()]
    rows[2][0], rows[3][4] = "../", "x"
    table = Table(rows=rows, names=header)
    table.write(name, format="votable" if name.endswith("xml") else None)
    ran = run(name, "-o", "out")
    assert ran.stderr.splitlines() == [
        f"{name}: row 3: G102 warning: FILE '../' is a directory, not a file name, so the exposure cannot be in any "
        "association",
        f"{name}: row 4: G117 warning: CANDIDATES 'x' cannot be read as a list of candidates, so the exposure can only be in "
        "associations over the whole pool; write [('ID', 'TYPE'), ...]",
    ]
    findings = json.loads(run(name, "-o", "out", "--json").stdout)["pools"][0]["findings"]
    assert [(finding["line"], finding["row"]) for finding in findings] == [(None, 3), (None, 4)]


def test_delimiter_can_be_given(run: Run) -> None:
    Path("semi.txt").write_text(pool_text(NIGHT, ";"))
    assert run("semi.txt", "-o", "out", "-d", ";").files == FILES


LETTERS = "it is part of file names, so use only letters, digits, '.', '_' and '-'."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Name a pool."),
        (
            ("--version-id", "pool.tsv"),
            "--version-id took the file pool.tsv as its value: write --version-id after the pools.",
        ),
        (("pool.tsv", "-o", ""), "--output is empty: give a value, or leave out the option."),
        (("pool.tsv", "--save-orphans", ""), "--save-orphans is empty: give a value, or leave out the option."),
        (("pool.tsv", "--save-orphans", "-"), "--save-orphans writes a file, not standard output: name a file."),
        (
            ("pool.tsv", "two.tsv", "--save-orphans", "a/b.tsv"),
            "--save-orphans a/b.tsv: with several pools, this file goes to the folder of each pool, so give a name without a "
            "folder.",
        ),
        (("pool.tsv", "--report", ""), "--report is empty: give a value, or leave out the option."),
        (("pool.tsv", "--report", "-"), "--report writes a file, not standard output: name a file."),
        (
            ("pool.tsv", "--report", "x.tsv", "--save-orphans", "x.tsv"),
            "--report and --save-orphans name the same file: give each its own.",
        ),
        (
            ("pool.tsv", "--report", "x_ASN.json"),
            "--report x_ASN.json: this is the name of an association file; name the page .html.",
        ),
        (("pool.tsv", "--report", "pool.tsv"), "--report pool.tsv: it is an input file; name another file."),
        (("pool.tsv", "--version-id", "../x"), f"--version-id '../x': {LETTERS}"),
        (("pool.tsv", "--version-id="), f"--version-id '': {LETTERS}"),
        (("pool.tsv", "-i", "o1", "o2"), "o2 is not a file: give -i for each: -i o1 -i o2"),
        (("pool.tsv", "-i", "o1", "O2", "z9"), "O2 is not a file: give -i for each: -i o1 -i O2 -i z9"),
        (("-i", "o1", "o2", "pool.tsv"), "o2 is not a file: give -i for each: -i o1 -i o2"),
        (("pool.tsv", "-i", "o1,o2"), "--ids 'o1,o2' is not a candidate id: give -i for each: -i o1 -i o2"),
        (("pool.tsv", "-i", "[o1, 'o2']"), "--ids '[o1, 'o2']' is not a candidate id: give -i for each: -i o1 -i o2"),
        (("pool.tsv", "-i", "o1, o2"), "--ids 'o1, o2' is not a candidate id: give -i for each: -i o1 -i o2"),
        (("pool.tsv", "--ids", "o1;o2,"), "--ids 'o1;o2,' is not a candidate id: give -i for each: -i o1 -i o2"),
        (("pool.tsv", "--ids=o1 o2"), "--ids 'o1 o2' is not a candidate id: give -i for each: -i o1 -i o2"),
        (
            ("pool.tsv", "--discover", "-i", "o1"),
            "--all-candidates, --discover and --ids are mutually exclusive: give one of them.",
        ),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...], message: str) -> None:
    ran = run("-o", "out", *arguments)
    assert (ran.status, ran.stdout, ran.files) == (2, "", [])
    assert ran.stderr.splitlines()[-1] == f"Error: {message}"


def test_ignore_default_needs_other_rules(run: Run) -> None:
    ran = run("pool.tsv", "--ignore-default", rules=())
    assert (ran.status, ran.stderr.splitlines()[-1]) == (
        2,
        "Error: --ignore-default leaves no rules: name some with --rules.",
    )


@pytest.mark.parametrize("epoch", ["x", "9" * 20, "1.5"])
def test_invalid_source_date_epoch_is_rejected(run: Run, monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    ran = run("pool.tsv", "-o", "out", "--version-id")
    assert (ran.status, ran.files) == (2, [])
    assert ran.stderr.splitlines()[-1] == f"Error: SOURCE_DATE_EPOCH is '{epoch}', not seconds since 1970."


@pytest.mark.parametrize(
    ("template", "expected_error"),
    [
        ("../{scope}_{sequence}", r"lynx/ruleset.yaml:\d+:\d+: R208 '../{scope}_{sequence}' contains a path .*"),
        ("x/{scope}_{sequence}", r"lynx/ruleset.yaml:\d+:\d+: R208 'x/{scope}_{sequence}' contains a path .*"),
    ],
)
def test_unusable_file_names_of_a_rule_set_are_rejected(run: Run, template: str, expected_error: str) -> None:
    write_ruleset(Path("lynx"), FIELDS, keywords={"file_name": template})
    ran = run("pool.tsv", "-o", "out")
    assert (ran.status, ran.stdout, ran.files) == (2, "", [])
    assert re.fullmatch(f"{expected_error}\n", ran.stderr)
    assert sorted(path.name for path in Path().iterdir()) == ["lynx", "pool.tsv"]


def test_pool_with_many_columns_and_a_long_cell_is_read(run: Run) -> None:
    more = "".join(f"\tX{number}" for number in range(10_000))
    text = "".join(f"{line}{more}\n" for line in TEXT.splitlines())
    Path("pool.tsv").write_text(f"{text}e_raw.f\t7\tred\t1\t{'x' * 500_000}" + "\t" * 10_000 + "\n")
    ran = run("pool.tsv", "-o", "out")
    assert (ran.status, ran.files) == (0, sorted([*FILES, "p007-o1_stack_02_asn.json"]))
    assert ran.stderr == (
        f"pool.tsv:6: G117 warning: CANDIDATES '{'x' * 59}…' cannot be read as a list of candidates, so the exposure can "
        "only be in associations over the whole pool; write [('ID', 'TYPE'), ...]\n"
    )


def test_many_candidates_in_a_cell(run: Run) -> None:
    cell = str([(f"c{number}", "tile") for number in range(20_000)])
    Path("pool.tsv").write_text(f"{TEXT}e_raw.f\t7\tred\t3\t{cell}\n")
    ran = run("pool.tsv", "-o", "out", "-i", "c19999")
    assert (ran.status, ran.stderr, ran.files) == (0, "", ["p007-c19999_stack_01_asn.json"])


def asnforge(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Run the command itself, with the pool on standard input."""
    command = [sys.executable, "-c", "from asnforge.cli.main import main; main()", "generate", *LYNX, *arguments]
    return subprocess.run(command, input=TEXT, text=True, stderr=subprocess.PIPE, timeout=60, **more)  # type: ignore[call-overload,no-any-return]


def test_standard_input(run: Run) -> None:
    ran = asnforge("-", "-o", "out", "-i", "o2", "--save-orphans", "orphans.tsv", stdout=subprocess.PIPE)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(Path("out", FILES[1]).read_text())["asn_pool"] == "stdin"
    assert len(Path("orphans.tsv").read_text().splitlines()) == 4


def test_a_name_that_is_not_utf8(run: Run) -> None:
    name = os.fsdecode(b"\xff.tsv")
    try:
        Path(name).write_text(TEXT)
    except OSError:
        pytest.skip("the file system takes no such name")
    ran = run(name, "-o", os.fsdecode(b"out\xff"), "-v", "--discover")
    assert (ran.status, ran.stderr) == (0, "")
    assert ran.stdout.startswith("out\\udcff/p007-z9_stack_01_asn.json: ")
    assert json.loads(Path(os.fsdecode(b"out\xff"), FILES[2]).read_text())["asn_pool"] == "\ufffd.tsv"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_reported(run: Run) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ran = asnforge("-", "-o", "out", "--json", stdout=full)
    assert (ran.returncode, ran.stderr) == (
        2,
        "A190 standard output cannot be written: no space is left on the device; free space, or choose another folder\n",
    )
    orphans = run("pool.tsv", "-o", "out", "--save-orphans", "/dev/full")
    assert (orphans.status, orphans.stderr) == (
        2,
        "/dev/full: A190 the file cannot be written: no space is left on the device; free space, or choose another folder\n",
    )


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise here")
def test_a_closed_pipe(run: Run) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = asnforge("-", "-o", "out", "-v", stdout=writing)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, "")
    assert len(list(Path("out").iterdir())) == 4


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise here")
def test_an_interruption_leaves_only_whole_files(run: Run) -> None:
    rows = [f"{number}_raw.f\t7\tred\t1\t[('o{number}', 'night')]\n" for number in range(30_000)]
    Path("pool.tsv").write_text(TEXT.splitlines()[0] + "\n" + "".join(rows))
    command = [
        sys.executable,
        "-c",
        "from asnforge.cli.main import main; main()",
        "generate",
        *LYNX,
        "pool.tsv",
        "-o",
        "out",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not (Path("out").is_dir() and any(Path("out").glob("*_asn.json"))):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr.strip()) == (130, "asnforge: interrupted")
    left = list(Path("out").iterdir())
    assert 0 < len(left) < 30_000
    assert all(path.name.endswith("_asn.json") and json.loads(path.read_bytes()) for path in left)


@pytest.mark.parametrize(
    "code", [UNEXPECTED_FILES, NO_FOLDER, SHARED_FOLDER, ORPHANS_REPLACE], ids=lambda code: code.code
)
def test_examples_of_codes(run: Run, code: FindingCode) -> None:
    for name, text in {
        "night.tsv": TEXT,
        "first.tsv": TEXT,
        "second.tsv": TEXT.replace("\t7\t", "\t8\t"),
        "a/night.tsv": TEXT,
        "b/night.tsv": TEXT,
        "b/dawn.tsv": TEXT,
    }.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    wrong, right = (
        "".join(run(*shlex.split(command)[2:]).stderr for command in example.split("&&"))
        for example in (code.wrong, code.right)
    )
    assert code.code in wrong
    assert right == ""
