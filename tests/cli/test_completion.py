"""Shells complete commands, options, files, and the names of rule sets, rules, columns, combinations and codes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import run_main
from support.help_examples import DATA

PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"

CASES = [
    ("ge", ["generate"]),
    ("rules n", ["new", "new-set"]),
    ("generate --dry", ["--dry-run"]),
    ("batch --layout p", ["program", "pool"]),
    ("generate miri_image_pool.tsv --where fil", ["FILENAME=", "FILTER="]),
    ("explain hst_pool.tsv --where filt", ["filters="]),
    ("generate no_such.tsv --where GRAT", ["GRATING="]),
    ("generate -r jwst", ["jwst-stage2", "jwst-stage3"]),
    ("rules check hst", ["hst-products"]),
    ("rules diff ccd", ["ccd-observatory"]),
    ("rules diff ccd-observatory ./ccd", ["file"]),
    ("generate -r ccd-observatory --ignore-default --only master_", ["Master_Bias", "Master_Dark", "Master_Flat"]),
    ("rules show -r ccd-observatory L", ["Lights"]),
    ("rules show -r no-such-set L", []),
    ("new a.fits --rule asn_lv3ts", ["Asn_Lv3TSO"]),
    ("generate --combine o", ["observation"]),
    ("edit a_asn.json --exptype sc", ["science"]),
    ("codes p15", ["P151", "P152", "P153", "P154", "P155", "P156", "P157", "P158"]),
    ("rules check --explain r10", ["R101", "R102", "R103", "R104", "R105", "R106", "R107", "R108", "R109"]),
    ("generate da", ["file"]),
    ("generate --output da", ["dir"]),
    ("compare ex", ["file"]),
    ("generate --product x", []),
    ("regress suite.yaml --only x", []),
    ("completion f", ["fish"]),
]


def completed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str, line: str) -> list[str]:
    """What a shell receives for a line that ends where the cursor is."""
    words = line.split(" ")
    monkeypatch.setenv("_ASNFORGE_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", f"asnforge {line}")
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
    ran = run_main(capsys)
    assert (ran.status, ran.stderr) == (0, "")
    return ran.stdout.splitlines()


@pytest.mark.parametrize(("line", "words"), CASES)
def test_what_is_completed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, words: list[str]
) -> None:
    monkeypatch.chdir(DATA)
    answers = [answer.split(",", 1) for answer in completed(monkeypatch, capsys, "bash", line) if answer]
    assert [value if kind == "plain" else kind for kind, value in answers] == words
    answers = [answer.split(",", 1) for answer in completed(monkeypatch, capsys, "fish", line) if answer]
    assert [value.partition("\t")[0] if kind == "plain" else kind for kind, value in answers] == words


def test_zsh_receives_a_command_with_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert completed(monkeypatch, capsys, "zsh", "gat") == [
        "plain", "gather", "Gather associations and the files of their members in one folder.",
    ]  # fmt: skip


def test_columns_that_a_shell_would_interpret_are_not_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pool.tsv").write_text("FILE\tF$(id)\tF*\tF\x1b[2J\tFIELD\na\t1\t2\t3\t4\n")
    assert completed(monkeypatch, capsys, "bash", "generate pool.tsv --where F") == ["plain,FIELD=", "plain,FILE="]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_valid(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    ran = run_main(capsys, "completion", shell)
    assert (ran.status, ran.stderr) == (0, "")
    assert f"_ASNFORGE_COMPLETE={shell}_complete" in ran.stdout
    if shutil.which(shell) is not None:
        subprocess.run([shell, "-n"], input=ran.stdout, text=True, check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("line", "words"), [("generate --dry", "--dry-run"), ("rules show -r ccd-observatory L", "Lights")]
)
def test_bash_completes_a_line(line: str, words: str) -> None:
    script = (
        'eval "$(asnforge completion bash)"; complete -p asnforge; '
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _asnforge_completion asnforge; echo "${COMPREPLY[*]}"'
    )
    run = ["bash", "-c", script, "bash", "asnforge", *line.split()]
    ran = subprocess.run(run, capture_output=True, text=True, env={"PATH": PATH}, cwd=DATA)
    assert (ran.stdout.splitlines(), ran.stderr) == (["complete -o nosort -F _asnforge_completion asnforge", words], "")
