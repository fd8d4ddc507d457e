"""The examples of the documents run as they are shown: commands, their output, and Python."""

from __future__ import annotations

import doctest
import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from support.examples import Block, Command, commands, matches, read_blocks, run_commands

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "data/README.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
]
BLOCKS = {document: read_blocks(ROOT / document) for document in DOCUMENTS}
PROBLEMS = (0, 1)
"""The exit status of commands that are shown without output: 1 says that there are findings."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples use of a checkout, in which they can write."""
    for name in ("data", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/asnforge").symlink_to(Path(sys.executable).parent / "asnforge")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASNFORGE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def shown_commands(blocks: list[Block]) -> list[Command]:
    """The commands of blocks, after those that prepare their files."""
    result = []
    for block in blocks:
        if block.language != "python" and not block.not_run:
            result += [Command(block.first, block.line)] if block.first else []
            result += commands(block)
    return result


@pytest.mark.parametrize("document", [name for name, blocks in BLOCKS.items() if shown_commands(blocks)])
def test_the_commands_of_a_document_run(document: str, checkout: Path) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {
        **os.environ,
        "PATH": path,
        "COLUMNS": "120",
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "PYTHONPATH": str(ROOT / "tests"),
    }
    shown = shown_commands(BLOCKS[document])
    ran = run_commands(shown, checkout, environment)
    assert len(ran) == len(shown), f"line {shown[len(ran)].line}: the shell ended"
    for command, status, output in ran:
        where = f"{document}, block in line {command.line}: {command.text}\n{output}"
        if command.output is None:
            assert status in PROBLEMS, where
        else:
            assert matches(command.output, output), where


@pytest.mark.parametrize(
    "document", [name for name, blocks in BLOCKS.items() if any(block.language == "python" for block in blocks)]
)
def test_the_python_examples_of_a_document_run(document: str, checkout: Path) -> None:
    blocks = [block for block in BLOCKS[document] if block.language == "python" and not block.not_run]
    names: dict[str, Any] = {}
    report: list[str] = []
    session = "\n".join(block.code for block in blocks if ">>>" in block.code)
    examples = doctest.DocTestParser().get_doctest(session, names, document, document, 0)
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=report.append)
    logging.getLogger("asnforge").setLevel(logging.NOTSET)
    assert "".join(report) == ""
    for block in blocks:
        if ">>>" not in block.code:
            exec(block.code, names)


def test_what_is_not_run_has_a_reason() -> None:
    reasons = {block.not_run for blocks in BLOCKS.values() for block in blocks}
    assert all(reason == "" or reason[0].islower() for reason in reasons)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```sh\na && b\n```\n", [Command("a && b", 1)]),
        ("```sh\nfor x in 1; do\n  a\ndone\n```\n", [Command("for x in 1; do\n  a\ndone", 1)]),
        ("```sh\na\nb \\\n  c\n```\n", [Command("a", 1), Command("b \\\n  c", 1)]),
        ("\n   ```sh\n   a <<EOF\n   x\n   EOF\n   ```\n", [Command("a <<EOF\nx\nEOF", 2)]),
        ("```console\n$ a\nb\n$ c\n```\n", [Command("a", 1, "b\n"), Command("c", 1, "")]),
        ("<!-- first: x -->\n```sh\na\n```\n", [Command("x", 2), Command("a", 2)]),
        ("<!-- not run: needs a cluster -->\n```sh\na\n```\n", []),
        ("```yaml\na\n```\n", []),
    ],
)  # fmt: skip
def test_commands_of_a_document(tmp_path: Path, text: str, expected: list[Command]) -> None:
    path = tmp_path / "a.md"
    path.write_text(text)
    assert shown_commands(read_blocks(path)) == expected


def test_commands_share_a_shell(tmp_path: Path) -> None:
    shown = [Command(text, 1) for text in ("mkdir a", "cd a", "pwd; echo wrong >&2; (exit 3)")]
    ran = run_commands(shown, tmp_path, dict(os.environ))
    assert [(status, output) for _, status, output in ran] == [(0, ""), (0, ""), (3, f"{tmp_path}/a\nwrong\n")]


@pytest.mark.parametrize(
    ("expected", "actual", "result"),
    [
        ("a\n", "a\n", True),
        ("a ...\n", "a b c\n", True),
        ("a\n...\nd\n", "a\nb\nc  \nd\n", True),
        ("a\n", "b\n", False),
    ],
)
def test_matches(expected: str, actual: str, result: bool) -> None:
    assert matches(expected, actual) is result
