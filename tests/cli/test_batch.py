"""``asnforge batch`` as its user meets it: what is shown, what is there afterwards, and the exit status."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.batches import files, write_pools
from support.command import LYNX, Ran, Run, run_main
from support.observatory import rule, write_ruleset

from asnforge.batch.archive import WRONG_ARCHIVE
from asnforge.batch.discover import NO_POOLS
from asnforge.batch.file_owners import SAME_FILES
from asnforge.findings import FindingCode

FIELDS = rule("Fields", group_by={"field": {"column": "FIELD"}})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``asnforge batch`` with the invented observatory's rules, in a folder with three pools."""
    monkeypatch.chdir(tmp_path)
    write_ruleset(Path("lynx"), FIELDS)
    write_pools(Path("pools"))

    def batch(*arguments: str) -> Ran:
        return run_main(capsys, "batch", *LYNX, *arguments)

    return batch


def untimed(text: str) -> list[str]:
    return [" ".join(re.sub(r"\d+\.\d\d$", "T", line).split()) for line in text.splitlines()]


def test_one_summary_table(run: Run) -> None:
    Path("pools/bad.tsv").write_text("nonsense\n")
    ran = run("pools", "-o", "out")
    assert ran.status == 2
    assert ran.stderr.startswith("pools/bad.tsv:1: P109 the header line has no tab, `|` or comma")
    assert untimed(ran.stdout) == [
        "pool status exposures associations orphans warnings seconds",
        "pools/bad.tsv failed 0 0 0 0 T",
        "pools/night00.tsv done 6 6 0 0 T",
        "pools/night01.tsv done 6 6 0 0 T",
        "pools/night02.tsv done 6 6 0 0 T",
        "4 pools 3 done, 1 failed 18 18 0 0 T",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pools", "-i", "o1", "o2"), "o2 is not a file: give -i for each: -i o1 -i o2"),
        (("pools", "-i", "o1,o2"), "--ids 'o1,o2' is not a candidate id: give -i for each: -i o1 -i o2"),
    ],
)
def test_several_candidates_need_an_option_each(run: Run, arguments: tuple[str, ...], message: str) -> None:
    ran = run(*arguments, "-o", "out")
    assert (ran.status, ran.stderr.splitlines()[-1]) == (2, f"Error: {message}")
    assert not Path("out").exists()


def test_only_failed_ones_of_many_pools_are_listed(run: Run) -> None:
    write_pools(Path("pools"), 25)
    Path("pools/bad.tsv").write_text("nonsense\n")
    assert untimed(run("pools", "-o", "out").stdout)[1:] == [
        "pools/bad.tsv failed 0 0 0 0 T",
        "26 pools 25 done, 1 failed 150 150 0 0 T",
    ]


@pytest.mark.parametrize(
    ("options", "totals"),
    [
        ((), "3 pools 1 done, 2 skipped 18 18 0 0 T"),
        (("--resume",), "3 pools 1 done, 2 skipped 18 18 0 0 T"),
        (("-j", "2"), "3 pools 1 done, 2 skipped 18 18 0 0 T"),
        (("--timeout", "60"), "3 pools 1 done, 2 skipped 18 18 0 0 T"),
        (("--force",), "3 pools 3 done 18 18 0 0 T"),
        (("--version-id", "v2"), "3 pools 3 done 18 18 0 0 T"),
        (("--merge",), "3 pools 3 done 18 3 0 0 T"),
        (("--where", "CAMERA=red"), "3 pools 3 done 9 9 0 0 T"),
        (("--discover",), "3 pools 3 done 18 18 0 0 T"),
        (("--only", "Fields"), "3 pools 1 done, 2 skipped 18 18 0 0 T"),
    ],
)
def test_a_second_run_skips_pools_that_have_not_changed(run: Run, options: tuple[str, ...], totals: str) -> None:
    assert run("pools", "-o", "out", "-j", "2").status == 0
    Path("pools/night01.tsv").write_text(Path("pools/night01.tsv").read_text().replace("red", "Red"))
    ran = run("pools", "-o", "out", *options)
    assert ran.status == 0
    assert untimed(ran.stdout)[-1] == totals


def test_changed_rules_are_applied_but_a_comment_changes_nothing(run: Run) -> None:
    assert run("pools", "-o", "out").status == 0
    rules = Path("lynx/ruleset.yaml")
    rules.write_text(f"# a comment\n{rules.read_text()}")
    assert untimed(run("pools", "-o", "out").stdout)[-1] == "3 pools 3 skipped 18 18 0 0 T"
    write_ruleset(Path("lynx"), rule())
    assert untimed(run("pools", "-o", "out").stdout)[-1] == "3 pools 3 done 18 18 0 0 T"


def test_json(run: Run) -> None:
    Path("pools/night01.tsv").write_text("nonsense\n")
    ran = run("pools", "-o", "out", "--json")
    assert (ran.status, ran.stderr) == (2, "")
    summary = json.loads(ran.stdout)
    assert summary["totals"] == {
        "exposures": 12,
        "associations": 12,
        "orphans": 0,
        "warnings": 0,
        "dropped": 12,
        "unchanged": 0,
        "done": 2,
        "failed": 1,
    }
    done, failed, _ = summary["pools"]
    assert (done["pool"], done["status"], done["files"], done["skipped"]) == ("pools/night00.tsv", "done", 6, False)
    assert done["rules"] == {"Fields": 6}
    assert (failed["pool"], failed["status"], failed["files"]) == ("pools/night01.tsv", "failed", 0)
    assert [finding["code"] for finding in failed["findings"]] == ["P109"]


def test_options_of_generate_have_the_same_effect(run: Run) -> None:
    run("pools/night00.tsv", "-o", "out", "--discover", "--version-id", "v1", "--merge")
    assert set(files(Path("out"))) == {"night00/p001-z9_v1_stack_01_asn.json"}
    ran = run("pools/night00.tsv", "-o", "out2", "-i", "o9")
    assert ran.status == 2
    assert "G104 no candidate o9 in the pool" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name the output: --output or --archive."),
        (("-o", "out", "--resume", "--version-id"), "--resume needs --version-id with a value"),
        (("-o", "out", "--archive", "all.tar"), "--output and --archive are mutually exclusive"),
        (("-o", "out", "--resume", "--force"), "--resume and --force are mutually exclusive: --force skips no pool."),
        (("--archive", "all.tar", "--resume"), "--archive and --resume are mutually exclusive"),
        (("-o", "out", "-j", "2", "--scheduler", "tcp://h:1"), "--scheduler and --jobs are mutually exclusive"),
        (("-o", "out", "-j", "-1"), "'-j'"),
        (("-o", ""), "--output is empty: give a value, or leave out the option."),
        (("--archive", ""), "--archive is empty: give a value, or leave out the option."),
        (("-o", "out", "--scheduler", ""), "--scheduler is empty: give a value, or leave out the option."),
        (("-o", "out", ""), "the name of a pool is empty: name a pool, or '.' for the current folder."),
        *((("-o", "out", "--timeout", seconds), "'--timeout'") for seconds in ("0", "inf", "1e300")),
        (("-o", "out", "--timeout", "nan"), "'nan' is not a number of seconds."),
        (("-o", "out", "--layout", "round"), "'--layout'"),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...], message: str) -> None:
    ran = run("pools", *arguments)
    assert ran.status == 2
    assert message in ran.stderr
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no*.tsv", "-o", "out"), "no*.tsv: G301 the pattern matches no file; name some pools\n"),
        (
            ("pools", "-o", "pools/night00.tsv"),
            "pools/night00.tsv: G109 the folder cannot be created: a file is in the way",
        ),
        (
            ("pools", "--archive", "all.rar"),
            "all.rar: G311 unknown archive format; its name must end in .tar or .zip\n",
        ),
    ],
)
def test_impossible_batches_are_rejected(run: Run, arguments: tuple[str, ...], message: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.stdout) == (2, "")
    assert ran.stderr.startswith(message)


def test_an_incomplete_archive_does_not_replace_an_earlier_one(run: Run) -> None:
    assert run("pools", "--archive", "all.tar").status == 0
    before = Path("all.tar").read_bytes()
    Path("pools/night01.tsv").write_text("nonsense\n")
    ran = run("pools", "--archive", "all.tar", "--fail-fast")
    assert ran.status == 2
    assert ran.stderr.splitlines()[-1] == "all.tar: not written, as the batch ended before all pools were done"
    assert Path("all.tar").read_bytes() == before
    assert run("pools", "--archive", "all.tar").status == 2
    assert Path("all.tar").read_bytes() != before


def test_progress_on_a_terminal(run: Run) -> None:
    screen, terminal = pty.openpty()
    code = "from asnforge.cli.main import main; main()"
    command = [sys.executable, "-c", code, "batch", *LYNX, "pools", "-o", "out"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    ran = subprocess.run(command, stderr=terminal, stdout=subprocess.PIPE, env=environment, check=True)
    os.close(terminal)
    shown = os.read(screen, 1 << 16).decode()
    os.close(screen)
    assert "exposures, " in shown
    assert "/s" in shown
    assert untimed(ran.stdout.decode())[-1] == "3 pools 3 done 18 18 0 0 T"


@pytest.mark.parametrize("code", [NO_POOLS, SAME_FILES, WRONG_ARCHIVE], ids=lambda code: code.code)
def test_examples_of_codes(run: Run, code: FindingCode) -> None:
    for name in ("nights/night.tsv", "a/night.tsv", "b/night.tsv", "b/dawn.tsv"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(Path("pools/night00.tsv").read_text())
    wrong, right = (run(*shlex.split(example)[2:]) for example in (code.wrong, code.right))
    assert (wrong.status, code.code in wrong.stderr) == (2, True)
    assert (right.status, right.stderr) == (0, "")
