"""The examples of a document: the commands and the Python code of its fenced blocks, which tests run.

A block of the language ``sh`` has commands, one of ``console`` commands after ``$`` with their output, and one of ``python``
code or a session with ``>>>``. ``...`` in an output is any text. A comment in the line before a block says what to do with it:
``<!-- not run: REASON -->``, or ``<!-- first: COMMAND -->`` with a command that prepares the files that the block uses.
"""

from __future__ import annotations

import doctest
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<marker>not run|first): (?P<text>.*?) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>sh|console|python)\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_SEPARATOR = "\036"


@dataclass(frozen=True)
class Block:
    """A fenced block with its line in the document, the reason not to run it, and the command that prepares its files."""

    language: str
    code: str
    line: int
    not_run: str = ""
    first: str = ""


@dataclass(frozen=True)
class Command:
    """A command of a block, with the output that the document shows; None if it shows none."""

    text: str
    line: int
    output: str | None = None


def read_blocks(path: Path) -> list[Block]:
    """The blocks of commands and of Python in a Markdown file, without their indent."""
    text = path.read_text(encoding="utf-8")
    blocks = []
    for found in _BLOCK.finditer(text):
        code = re.sub(rf"^{found['indent']}", "", found["code"], flags=re.MULTILINE)
        line = text.count("\n", 0, found.start("language")) + 1
        reason, first = (found["text"], "") if found["marker"] == "not run" else ("", found["text"] or "")
        blocks.append(Block(found["language"], code, line, reason, first))
    return blocks


def commands(block: Block) -> list[Command]:
    """The commands of a block of the language ``sh`` or ``console``."""
    if block.language == "sh":
        return [Command(text, block.line) for text in _complete_commands(block.code.splitlines())]
    result = []
    for part in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
        text, *more = _complete_commands(part.splitlines(), most=1)
        result.append(Command(text, block.line, "".join(f"{line}\n" for line in more)))
    return result


def _complete_commands(lines: list[str], most: int | None = None) -> Iterator[str]:
    """Lines joined to commands that are complete; after `most` of them each line by itself."""
    pending = ""
    count = 0
    for line in lines:
        pending += f"{line}\n"
        if (most is not None and count >= most) or _is_complete(pending):
            if pending.strip() or count:
                yield pending.removesuffix("\n")
                count += 1
            pending = ""
    if pending:
        yield pending


def _is_complete(text: str) -> bool:
    if text.endswith("\\\n"):
        return False
    checked = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return not checked.stderr


def run_commands(shown: list[Command], folder: Path, environment: dict[str, str]) -> list[tuple[Command, int, str]]:
    """Run commands one after another in one shell: each with its exit status and its output, with standard error."""
    lines = ["exec 2>&1", *(f"{command.text}\nprintf '\\036%s\\036' $?" for command in shown)]
    ran = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    parts = ran.stdout.split(_SEPARATOR)
    return [
        (command, int(status), output) for command, output, status in zip(shown, parts[::2], parts[1::2], strict=False)
    ]


def matches(expected: str, actual: str) -> bool:
    """Whether an output is the one of a document, in which ``...`` is any text.

    The number of spaces between the columns of a table does not count, which depends on the version of rich, nor do spaces at
    the ends of lines.
    """
    return doctest.OutputChecker().check_output(_plain(expected), _plain(actual), doctest.ELLIPSIS)


def _plain(text: str) -> str:
    without_ends = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"(?<=\S) {2,}", "  ", without_ends).strip("\n") + "\n"
