"""Names with bytes that are not UTF-8: of pools, folders, rule sets, lists and suites."""

from __future__ import annotations

import json
import os
import tarfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from support.command import LYNX, Run, run_main
from support.observatory import pool_text, rule, write_ruleset

NIGHT = """
FILE    PROPOSAL CAMERA FIELD CANDIDATES
a_raw.f 7        red    1     o1/night
b_raw.f 7        red    2     o1/night
"""
FIELDS = rule("Fields", group_by={"field": {"column": "FIELD"}})
FILES = ["p007-z9_stack_01_asn.json", "p007-z9_stack_02_asn.json"]
ODD = os.fsdecode(b"\xff")
LATIN = os.fsdecode("é".encode("latin-1"))
"""An accent in the encoding of older systems."""

REJECTED = (
    "pools/\\udcff.tsv: G315 the name of the pool is not UTF-8, and names in an archive are; "
    "rename the pool, or choose another --layout"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder with rules and two pools, one of which has a name that is not UTF-8."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS)
    Path("pools").mkdir()
    try:
        Path("pools", f"{ODD}.tsv").write_text(pool_text(NIGHT))
    except OSError:
        pytest.skip("the file system does not allow such names")
    Path("pools", "night.tsv").write_text(pool_text(NIGHT.replace("7  ", "8  ")))
    return lambda *arguments: run_main(capsys, *arguments)


def inside(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def names(archive: str) -> list[str]:
    if archive.endswith(".zip"):
        with zipfile.ZipFile(archive) as file:
            return file.namelist()
    with tarfile.open(archive) as tar:
        return tar.getnames()


NIGHT_FILES = [name.replace("p007", "p008") for name in FILES]


@pytest.mark.parametrize("archive", ["all.zip", "all.tar"])
@pytest.mark.parametrize("more", [(), ("-j", "2")])
def test_with_folders_in_an_archive_only_the_pool_fails(run: Run, archive: str, more: tuple[str, ...]) -> None:
    ran = run("batch", *LYNX, "pools", "--archive", archive, *more)
    assert (ran.status, ran.stderr) == (2, f"{REJECTED}\n")
    assert names(archive) == [f"night/{name}" for name in NIGHT_FILES]


@pytest.mark.parametrize("archive", ["all.zip", "all.tar"])
@pytest.mark.parametrize(("layout", "folders"), [("flat", ("", "")), ("program", ("007/", "008/"))])
def test_without_folders_in_an_archive_the_pool_is_processed(
    run: Run, archive: str, layout: str, folders: tuple[str, str]
) -> None:
    ran = run("batch", *LYNX, "pools", "--archive", archive, "--layout", layout)
    assert (ran.status, ran.stderr) == (0, "")
    odd, night = folders
    assert names(archive) == [*(f"{night}{name}" for name in NIGHT_FILES), *(f"{odd}{name}" for name in FILES)]


def test_the_json_summary_has_the_finding(run: Run) -> None:
    ran = run("batch", *LYNX, "pools", "--archive", "all.zip", "--json")
    pools = {pool["pool"]: pool for pool in json.loads(ran.stdout)["pools"]}
    assert {name: pool["status"] for name, pool in pools.items()} == {
        "pools/night.tsv": "done",
        f"pools/{ODD}.tsv": "failed",
    }
    assert [finding["code"] for finding in pools[f"pools/{ODD}.tsv"]["findings"]] == ["G315"]


def test_in_an_output_folder_the_pool_is_processed(run: Run) -> None:
    assert run("batch", *LYNX, "pools", "-o", "out").status == 0
    assert inside(f"out/{ODD}") == FILES
    content = json.loads(Path("out", ODD, FILES[0]).read_text())
    assert content["asn_pool"] == "\ufffd.tsv"
    again = run("batch", *LYNX, "pools", "-o", "out", "--json")
    assert [pool["skipped"] for pool in json.loads(again.stdout)["pools"]] == [True, True]


def test_generate_writes_to_an_output_folder_with_such_a_name(run: Run) -> None:
    ran = run(
        "generate",
        *LYNX,
        "pools/night.tsv",
        f"pools/{ODD}.tsv",
        "-o",
        f"out{ODD}",
        "--save-orphans",
        f"orphans{ODD}.tsv",
        "--json",
    )
    assert (ran.status, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["pools"][1]["folder"] == f"out{ODD}/{ODD}"
    assert inside(f"out{ODD}/{ODD}") == sorted([*FILES, f"orphans{ODD}.tsv"])
    assert run("validate", f"out{ODD}").status == 0
    assert run("compare", f"out{ODD}", f"out{ODD}", "--strict", "--junit", "report.xml").status == 0
    assert ET.parse("report.xml").getroot() is not None


@pytest.mark.parametrize("name", ["all.list", "all.txt", f"{LATIN}.lst"])
def test_a_list_can_name_such_pools(run: Run, name: str) -> None:
    Path("pools", f"{LATIN}t{LATIN}.tsv").write_text(pool_text(NIGHT.replace("7  ", "9  ")))
    Path("pools", name).write_bytes(b"\xff.tsv\n\xe9t\xe9.tsv\nnight.tsv\n")
    ran = run("batch", *LYNX, f"pools/{name}", "-o", "out", "--json")
    assert (ran.status, ran.stderr) == (0, "")
    assert {pool["pool"] for pool in json.loads(ran.stdout)["pools"]} == {
        f"pools/{stem}.tsv" for stem in (ODD, f"{LATIN}t{LATIN}", "night")
    }


@pytest.mark.parametrize("expected", ["expected/{pool}", "expected/{pool}.yaml"])
def test_a_pattern_in_a_suite_matches_such_pools(run: Run, expected: str) -> None:
    suite = f"suite{ODD}.yaml"
    Path(suite).write_text(
        f'entries: [{{pool: "pools/*.tsv", expected: "{expected}", rules: [lynx], ignore_default: true}}]'
    )
    assert run("regress", suite).status == 1
    accepted = run("regress", suite, "--accept", "--junit", "report.xml")
    assert (accepted.status, accepted.stderr) == (0, "")
    assert Path(expected.replace("{pool}", ODD)).exists()
    assert ET.parse("report.xml").getroot() is not None
    assert run("regress", suite, "--json").status == 0
    assert run("regress", suite, "-j", "2").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("rules", "coverage", f"rules{ODD}", "-p", f"pools/{ODD}.tsv", "--json"),
        ("rules", "list", f"rules{ODD}", "--json"),
        ("rules", "show", "-r", f"rules{ODD}", "--markdown"),
        ("rules", "diff", "lynx", f"rules{ODD}", "-p", f"pools/{ODD}.tsv", "--json"),
        ("rules", "new", "Next", "--folder", f"rules{ODD}"),
        ("generate", "--ignore-default", "-r", f"rules{ODD}", f"pools/{ODD}.tsv", "--dry-run"),
        ("explain", "--ignore-default", "-r", f"rules{ODD}", f"pools/{ODD}.tsv", "--json"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_rule_set_in_such_a_folder_is_processed(run: Run, arguments: tuple[str, ...]) -> None:
    write_ruleset(Path(f"rules{ODD}"), FIELDS)
    ran = run(*arguments)
    usual = run(*(word.replace(f"rules{ODD}", "lynx").replace("Next", "Other") for word in arguments))
    assert (ran.status, ran.status < 2, len(ran.stdout.splitlines())) == (
        usual.status,
        True,
        len(usual.stdout.splitlines()),
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("generate", *LYNX, f"no{ODD}"), "no\\udcff: P101 no such file"),
        (
            ("batch", *LYNX, "pools/night.tsv", "-o", "out", "-i", f"o{ODD}"),
            "pools/night.tsv: G104 no candidate o\\udcff",
        ),
        (("generate", *LYNX, "pools/night.tsv", "-d", ODD), "pools/night.tsv: P113 '\\udcff' cannot be a delimiter"),
        (("generate", *LYNX, "pools/night.tsv", "--only", ODD), "R201 there is no rule \\udcff"),
        (("explain", *LYNX, "pools/night.tsv", ODD), "pools/night.tsv: G201 no exposure \\udcff"),
        (("rules", "new", f"N{ODD}"), "R413 'N\\udcff' is not a valid rule name"),
        (("validate", f"{ODD}_asn.json"), "\\udcff_asn.json: A101 cannot be read: no such file"),
        (("compare", ODD, ODD), "\\udcff: A101 cannot be read: no such file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_argument_that_is_not_utf8_is_named_in_the_finding(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert message in ran.stderr + ran.stdout
