"""``asnforge compare``: arguments, outputs and exit status."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.runs import association, write_run

from asnforge.cli.main import command
from asnforge.compare.comparison import UNKNOWN_FILTER
from asnforge.compare.load_sides import UNREADABLE
from asnforge.findings import FindingCode

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / "expected", association("a"), association("b"))
    write_run(tmp_path / "same", association("b", version_id="x"), association("a"))
    write_run(tmp_path / "other", association("a", target="t2"))
    write_run(tmp_path / "broken", association("a"), association("b"))
    (tmp_path / "broken" / "run-o001_image_00002_asn.json").write_text('{"asn_id": ')
    write_run(tmp_path / "discovered", *(association(name, asn_rule="discover_Rule_Image") for name in "abc"))
    (tmp_path / "empty").mkdir()
    for night in ("one", "two"):
        write_run(tmp_path / "tree" / night, association("a"))
        write_run(tmp_path / "tree_again" / night, association("a", target="t2" if night == "two" else "t001"))
        write_run(tmp_path / "tree_renamed" / f"night_{night}", association("a"))
    write_run(tmp_path / "flat", association("a"))
    return lambda *arguments: CliRunner().invoke(command, ["compare", *arguments])


FILE = "run-o001_image_00001_asn.json"


@pytest.mark.parametrize(
    ("arguments", "status", "last"),
    [
        (["expected", "same"], 0, "expected and actual are the same"),
        (["expected", "same", "--strict"], 1, "expected and actual differ: 2 differences"),
        (["expected", "other"], 1, "expected and actual differ: 2 differences"),
        (["expected", "other", "--ignore", "target"], 1, "expected and actual differ: 1 difference"),
        (["expected", "other", "--only", "IMAGE"], 1, "expected and actual differ: 2 differences"),
        (["expected", "other", "--only", "rule_image"], 1, "expected and actual differ: 2 differences"),
        (["discovered", "expected", "--only", "Rule_Image"], 1, "expected and actual differ: 1 difference"),
        (["expected", "broken"], 2, "1 file or folder cannot be compared; 0 differences in the rest"),
        (["expected", "empty"], 1, "expected and actual differ: 2 differences"),
        (["broken", "broken"], 2, "1 file or folder cannot be compared; 0 differences in the rest"),
        (["tree", "tree"], 0, "expected and actual are the same"),
        (["tree", "tree_again"], 1, "expected and actual differ: 1 difference"),
        (["tree", "tree_renamed"], 0, "expected and actual are the same"),
        (["tree/one", "flat"], 0, "expected and actual are the same"),
        (["expected/" + FILE, "other/" + FILE], 1, "expected and actual differ: 1 difference"),
    ],
)
def test_status_and_last_line_are_the_verdict(run: Run, arguments: list[str], status: int, last: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (status, last)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["expected", "absent"], "absent: A101 cannot be read: no such file; check the name\n"),
        (["expected", ""], "A101 cannot be read: no such file; check the name\n"),
        (["empty", "empty"], "empty: C101 nothing to compare: neither side has an association"),
        (["broken/run-o001_image_00002_asn.json", "expected"], "broken/run-o001_image_00002_asn.json:1:12: A104 "),
        (
            ["expected", "same", "--allow", "absent.yaml"],
            "absent.yaml: C110 cannot be read: no such file; check the name\n",
        ),
        (["expected", "same", "--junit", "absent/x.xml"], "absent/x.xml: A190 "),
        (["expected", "same", "--ignore", "tarjet"], "'tarjet' is not a key of an association; did you mean target?"),
        (
            ["expected", "other", "--only", "imag", "--only", "spectrum"],
            "C102 no association of either side has the type or rule imag; did you mean image?\n"
            "C102 no association of either side has the type or rule spectrum; available: Rule_Image, image\n",
        ),
        (["expected", "same", "--json", "--markdown"], "--json and --markdown are mutually exclusive"),
        (["expected"], "Missing argument 'ACTUAL'"),
    ],
)
def test_error_is_one_line_and_status_2(run: Run, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("keyword", "status"),
    [
        ("asn_id", 1),
        ("asn_pool", 1),
        ("constraints", 0),
        ("target", 1),
        ("program", 1),
        ("asn_rule", 1),
        ("asn_type", 1),
    ],
)
def test_every_output_reports_a_changed_keyword(run: Run, tmp_path: Path, keyword: str, status: int) -> None:
    write_run(tmp_path / "edited", association("a", **{keyword: "another"}), association("b"))
    text = run("expected", "edited", "--junit", "report.xml")
    as_json, markdown = run("expected", "edited", "--json"), run("expected", "edited", "--markdown")
    assert [result.exit_code for result in (text, as_json, markdown)] == [status] * 3
    whats = [change["what"] for d in json.loads(as_json.stdout)["differences"] for change in d["changes"]]
    assert whats == [keyword] * status
    assert text.stdout.count(f"            {keyword}: expected ") == status
    assert markdown.stdout.count(f"  - {keyword}: expected ") == status
    assert (tmp_path / "report.xml").read_text().count(f"{keyword}: expected ") == status
    assert run("expected", "edited", "--ignore", keyword).exit_code == 0
    assert run("expected", "edited", "--strict").exit_code == 1


def test_help_lists_what_only_strict_compares(run: Run) -> None:
    text = " ".join(run("--help").stdout.split())
    assert "Only --strict compares the text of constraints, version ids," in text


def test_invalid_file_is_reported_and_the_others_are_compared(run: Run) -> None:
    result = run("expected", "broken")
    assert "broken/run-o001_image_00002_asn.json:1:12: A104" in result.stderr
    assert "the same      1" in result.stdout


def test_unreadable_folder_is_reported_and_the_others_are_compared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def refusing(path: Any) -> Any:
        if str(path).endswith("two"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    result = run("tree", "tree_again")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "tree/two: A101 the folder cannot be read: no permission to read it; check its permissions",
        "tree_again/two: A101 the folder cannot be read: no permission to read it; check its permissions",
    ]
    assert "the same      1" in result.stdout


@pytest.mark.timeout(20)
def test_pipe_and_broken_link_are_reported_without_waiting(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "same" / "pipe_asn.json")
    (tmp_path / "same" / "lost_asn.json").symlink_to("nowhere")
    result = run("expected", "same")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "same/pipe_asn.json: A101 is not a regular file",
        "same/lost_asn.json: A101 cannot be read: no such file; check the name",
    ]
    assert "the same      2" in result.stdout


def test_file_names_are_not_compared_if_two_files_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text((tmp_path / "expected" / FILE).read_text())
    assert run("expected/" + FILE, "mine.json").exit_code == 0


def test_other_json_files_of_a_folder_are_compared_or_reported_as_skipped(run: Run, tmp_path: Path) -> None:
    for number, name in enumerate(("asn.json", "seq_001.asn")):
        text = json.dumps(association(f"other{number}"))
        (tmp_path / "expected" / name).write_text(text)
        (tmp_path / "same" / name).write_text(text)
    (tmp_path / "same" / "notes.json").write_text("[]")
    result = run("expected", "same")
    assert result.exit_code == 0
    assert result.stderr == "1 JSON file without an association skipped: same/notes.json\n"
    result_json = json.loads(run("expected", "same", "--json").stdout)
    assert (result_json["same"], result_json["skipped"]) == (4, ["same/notes.json"])
    (tmp_path / "same" / "seq_001.asn").unlink()
    assert run("expected", "same").exit_code == 1


def test_allowlist_accepts_differences_and_unused_entries_are_warnings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "allow.yaml").write_text(
        "allow:\n- {kind: missing, product: b, reason: gone}\n- {what: target, reason: moved}\n- {kind: split, reason: old}\n"
    )
    result = run("expected", "other", "--allow", "allow.yaml")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-4:] == [
        "allowed     1 difference: gone",
        "allowed     1 difference: moved",
        "",
        "expected and actual are the same, 2 allowed",
    ]
    assert result.stderr == (
        "allow.yaml:4: C111 warning: the allowed difference no longer occurs: kind split; remove the entry\n"
    )


@pytest.mark.parametrize("code", [UNREADABLE, UNKNOWN_FILTER], ids=lambda code: code.code)
def test_wrong_example_has_the_finding_and_right_one_does_not(run: Run, tmp_path: Path, code: FindingCode) -> None:
    for folder in ("expected", "actual"):
        write_run(tmp_path / folder, association("a", asn_type="stack"), association("b", asn_type="stack"))
    wrong, right = (run(*shlex.split(example)[2:]) for example in (code.wrong, code.right))
    assert (wrong.exit_code, right.exit_code) == (2, 0)
    assert code is UNREADABLE or code.code in wrong.stderr


def test_a_page_shows_the_differences(run: Run, tmp_path: Path) -> None:
    assert run("expected", "other", "--html", "report.html").exit_code == 1
    page = (tmp_path / "report.html").read_text()
    assert "<title>Comparison: expected and other</title>" in page
    assert run("expected", "other", "--html", "absent/x.html").stderr.startswith("absent/x.html: A190 ")


@pytest.mark.parametrize("option", ["--html", "--junit"])
def test_a_report_does_not_replace_an_input_file(run: Run, option: str) -> None:
    (file,) = Path("other").rglob("*_asn.json")
    result = run("expected", "other", option, str(file))
    assert (result.exit_code, f"{option} {file}: it is an input file" in result.stderr) == (2, True)


def test_json_markdown_and_junit(run: Run, tmp_path: Path) -> None:
    result = run("expected", "other", "--json", "--junit", "report.xml")
    assert json.loads(result.stdout)["counts"]["missing"] == 1
    assert (tmp_path / "report.xml").read_text().count("<testcase") == 2
    assert run("expected", "other", "--markdown").stdout.startswith("### Associations: expected and actual differ")
