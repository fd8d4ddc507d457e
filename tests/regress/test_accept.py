"""Only what --accept writes itself is replaced or removed, and only below the suite's folder."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.suites import FILE, OF_DAY, OF_NIGHT, Run, files

from asnforge.regress.accept import NOT_REPLACED

MESSAGE = "C125 --accept does not replace this file: "
HINT = "; move or remove it, or set 'expected' to another path"


def test_root_is_not_written_to(run: Run, tmp_path: Path) -> None:
    before = files(tmp_path / "other")
    result = run("pool: night.tsv, expected: ../other/new", "--root", "other", "--accept")
    assert result.exit_code == 2
    assert result.stderr == (
        "    suite/suite.yaml:3:31: C124 --accept writes only below the suite's folder, and 'expected' is suite/../other/new; "
        "set it to a file or folder below the suite's folder\n"
    )
    assert files(tmp_path / "other") == before


@pytest.mark.parametrize("expected", [".", "lynx/..", "../suite"])
def test_accept_does_not_write_to_the_suites_folder_itself(run: Run, tmp_path: Path, expected: str) -> None:
    before = files(tmp_path / "suite" / "lynx")
    result = run(f"pool: night.tsv, expected: {expected}", "--accept")
    assert result.exit_code == 2
    assert "C124 --accept writes only below the suite's folder" in result.stderr
    assert not (tmp_path / "suite" / FILE).exists()
    assert files(tmp_path / "suite" / "lynx") == before


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("mine_asn.json", "{}", "it is not an association"),
        (FILE, '{"products": [', "it is not an association"),
        (FILE, OF_DAY, "it is an association of the pool 'day.tsv', not of 'night.tsv'"),
        ("a_asn.json", json.dumps({"products": []}), "it is an association of the pool '', not of 'night.tsv'"),
        ("deep/old_asn.json", OF_NIGHT, "it is in a subfolder of the expected folder, where --accept writes nothing"),
        (FILE, ("link", "../night.tsv"), "it is a link"),
        ("old_asn.json", ("link", "nowhere"), "it is a link"),
        (FILE, ("link", "../lynx"), "it is a link"),
        (f"{FILE}/x", "in a folder of that name", "it is not a regular file"),
    ],
)  # fmt: skip
def test_file_that_accept_did_not_write_is_not_replaced_or_removed(
    run: Run, tmp_path: Path, name: str, content: str | tuple[str, str], reason: str
) -> None:
    path = tmp_path / "suite" / "expected" / name
    path.parent.mkdir(parents=True)
    if isinstance(content, tuple):
        path.symlink_to(content[1])
    else:
        path.write_text(content)
    before = files(tmp_path)
    result = run("pool: night.tsv, expected: expected", "--accept")
    assert result.exit_code == 2
    shown = name.removesuffix("/x")
    assert f"    suite/expected/{shown}: {MESSAGE}{reason}{HINT}\n" in result.stderr
    assert {path: data for path, data in files(tmp_path).items() if path != "suite/suite.yaml"} == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lynx/ruleset.yaml", None),
        ("suite.yaml", None),
        ("allow.yaml", None),
        ("expected.yaml", "- mine\n"),
        ("expected.yaml", "<<<<<<< mine\n"),
        ("expected.yml", ""),
        ("expected.yaml", ("link", "lynx/ruleset.yaml")),
        ("expected.yaml", ("link", "nowhere.yaml")),
    ],
)
def test_yaml_file_that_is_not_a_compact_file_is_not_replaced(
    run: Run, tmp_path: Path, name: str, content: str | tuple[str, str] | None
) -> None:
    path = tmp_path / "suite" / name
    if isinstance(content, tuple):
        path.symlink_to(content[1])
    elif content is not None:
        path.write_text(content)
    run(f"pool: night.tsv, expected: {name}")
    before = files(tmp_path)
    result = run(f"pool: night.tsv, expected: {name}", "--accept")
    assert result.exit_code == 2
    assert files(tmp_path) == before


def test_wrong_example_has_the_finding_and_right_one_does_not(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suite" / "notes.yaml").write_text("mine\n")
    wrong, right = (
        run(example.removeprefix("entries:\n- {").removesuffix("}"), "--accept")
        for example in (NOT_REPLACED.wrong, NOT_REPLACED.right)
    )
    assert (wrong.exit_code, right.exit_code) == (2, 0)
    assert NOT_REPLACED.code in wrong.stderr


def test_number_of_findings_is_limited(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "suite" / "expected"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}_asn.json").write_text(OF_DAY)
    result = run("pool: night.tsv, expected: expected", "--accept")
    lines = [line for line in result.stderr.splitlines() if "C125" in line]
    assert [line.split(":")[0].strip() for line in lines] == [f"suite/expected/{n}_asn.json" for n in range(5)] + [
        "suite/expected"
    ]
    assert lines[-1] == "    suite/expected: C125 --accept does not replace 3 more files in the folder"


def test_entry_that_cannot_be_accepted_fails_in_every_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suite" / "bad.yaml").write_text("mine\n")
    entries = "pool: night.tsv, expected: bad.yaml, name: bad}\n- {pool: night.tsv, expected: good.yaml, name: good"
    result = run(entries, "--accept", "--json", "--junit", "report.xml")
    assert result.exit_code == 2
    output = json.loads(result.stdout)
    assert [(entry["name"], entry["status"]) for entry in output["entries"]] == [("bad", 2), ("good", 1)]
    assert output["accepted"] == ["good"]
    entry = output["entries"][0]
    assert [f["code"] for f in entry["findings"] + entry["comparison"]["findings"]] == ["C125", "C103"]
    suites = ET.fromstring((tmp_path / "report.xml").read_bytes())
    assert [(suite.get("name"), suite.get("errors")) for suite in suites] == [("bad", "2"), ("good", "0")]
    assert (tmp_path / "suite" / "good.yaml").exists()


def test_summary_names_an_entry_that_could_not_be_accepted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suite" / "bad.yaml").symlink_to("good.yaml")
    result = run("pool: night.tsv, expected: bad.yaml", "--accept")
    assert result.stdout.splitlines()[-1] == "1 entry; 0 the same; 1 failed: night"
    assert result.stderr == f"    suite/bad.yaml: {MESSAGE}it is a link{HINT}\n"
