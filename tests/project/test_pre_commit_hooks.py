"""The hooks offered to repositories with their own rules, run as pre-commit runs them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook
    for hook in yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
RULE = Path("my-rules/my_rule.yaml")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git repository with a rule and its cases in the folder ``my-rules``, as ``asnforge rules new`` writes them."""
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    asnforge = Path(sys.executable).parent / "asnforge"
    subprocess.run([asnforge, "rules", "new", "My_Rule", "--folder", "my-rules"], check=True)


def run_hook(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a hook on the tracked files that it selects: entry, arguments, file names."""
    hook = HOOKS[name]
    subprocess.run(["git", "add", "--all"], check=True)
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    files = [file for file in tracked if file.endswith(".yaml") and not re.search(hook.get("exclude", "^$"), file)]
    program, *entry = shlex.split(hook["entry"])
    executable = shutil.which(program, path=str(Path(sys.executable).parent))
    assert executable is not None
    command = [executable, *entry, *arguments, *(files if hook.get("pass_filenames", True) else [])]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("hook", "arguments"), [("asnforge-rules-check", ()), ("asnforge-rules-test", ("my-rules",))])
def test_a_hook_passes_a_new_rule(hook: str, arguments: tuple[str, ...]) -> None:
    ran = run_hook(hook, *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.usefixtures("repository")
def test_rules_check_fails_at_the_line_of_a_misspelled_key() -> None:
    RULE.write_text(RULE.read_text().replace("\nselect:", "\nselct:"))
    ran = run_hook("asnforge-rules-check")
    assert ran.returncode in (1, 2)
    assert re.search(rf"^{RULE}:\d+:\d+: R\d+ .*select", ran.stdout + ran.stderr, re.MULTILINE)


@pytest.mark.usefixtures("repository")
def test_rules_test_fails_if_a_case_fails() -> None:
    cases = RULE.with_suffix(".cases.yaml")
    cases.write_text(re.sub(r"(?m)^  PROGRAM: .*", "  PROGRAM: NULL", cases.read_text()))
    ran = run_hook("asnforge-rules-test", "my-rules")
    assert ran.returncode == 1, ran.stdout + ran.stderr
