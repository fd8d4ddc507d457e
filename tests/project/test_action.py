"""The GitHub action, and the workflow of the how-to that uses it, run as GitHub runs their steps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
PAGE = (ROOT / "docs/howto/regression-suite-in-ci.md").read_text("utf-8")
(WORKFLOW,) = [
    yaml.safe_load(re.sub("^   ", "", text, flags=re.MULTILINE))
    for text in re.findall(r"^   ```yaml\n(.*?)^   ```", PAGE, re.MULTILINE | re.DOTALL)
]
OUR_STEPS = [step for step in WORKFLOW["jobs"]["associations"]["steps"] if "/asnforge@" in step["uses"]]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository with rules, and a suite whose associations were accepted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    Path("night.tsv").write_bytes((ROOT / "data/niriss_ami_pool.tsv").read_bytes())
    Path("suite.yaml").write_text("entries:\n- pool: night.tsv\n  expected: expected.yaml\n")
    for arguments in (("rules", "new", "My_Rule", "--folder", "my-rules"), ("regress", "suite.yaml", "--accept")):
        subprocess.run(["asnforge", *arguments], check=True, capture_output=True)


def run_action(**given: str) -> subprocess.CompletedProcess[str]:
    """Run the last step of the action with its inputs, as GitHub does: bash stops at the first error."""
    inputs: dict[str, Any] = ACTION["inputs"]
    assert given.keys() <= inputs.keys()
    assert {name for name, entry in inputs.items() if entry["required"]} <= given.keys()
    values = {name: given.get(name, entry.get("default", "")) for name, entry in inputs.items()}
    step = ACTION["runs"]["steps"][-1]
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: str(values[found[1]]), text)
        for name, text in step["env"].items()
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("step", OUR_STEPS, ids=lambda step: step["name"])
def test_the_steps_of_the_workflow_succeed(step: dict[str, Any]) -> None:
    ran = run_action(**step["with"])
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_workflow_uploads_the_report_that_it_writes() -> None:
    run_action(**OUR_STEPS[-1]["with"])
    (upload,) = [step for step in WORKFLOW["jobs"]["associations"]["steps"] if "upload-artifact" in step["uses"]]
    assert Path(upload["with"]["path"]).read_text("utf-8").startswith("<?xml")


def test_a_difference_fails_the_run() -> None:
    lines = Path("night.tsv").read_text().splitlines(keepends=True)
    Path("night.tsv").write_text("".join(line for line in lines if "_02102_00002_" not in line))
    ran = run_action(run="regress", arguments="suite.yaml")
    assert ran.returncode == 1
    assert "only expected" in ran.stdout


def test_a_rule_with_a_misspelled_key_fails_the_run() -> None:
    rule = Path("my-rules/my_rule.yaml")
    rule.write_text(rule.read_text().replace("\nselect:", "\nselct:"))
    assert run_action(run="rules check", arguments="my-rules").returncode in (1, 2)


@pytest.mark.parametrize("run", ["batch", "rules check; touch owned", "", "regress $(touch owned)"])
def test_another_command_is_an_error(run: str) -> None:
    ran = run_action(run=run)
    assert ran.returncode == 2
    assert ran.stdout.startswith("::error::run must be 'rules check', 'rules test' or 'regress', not ")
    assert not Path("owned").exists()


def test_arguments_are_words_and_not_commands() -> None:
    ran = run_action(run="rules check", arguments="my-rules; touch owned")
    assert ran.returncode == 2
    assert not Path("owned").exists()


def test_the_action_installs_pinned_versions() -> None:
    (install,) = [step["run"] for step in ACTION["runs"]["steps"] if step.get("name") == "Install asnforge"]
    assert install == 'python -m pip install --quiet -c "$GITHUB_ACTION_PATH/constraints.txt" "$GITHUB_ACTION_PATH"'
