"""What the documents say, against the code: commands, names, links, and the facts that the README gives."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from asnforge.cli.main import command

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "COMMANDS.md",
    "SECURITY.md",
    "data/README.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
]


def blocks(document: str, language: str = "sh") -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Each command of asnforge that a document shows, as its words."""
    found = []
    for document in DOCUMENTS:
        for line in "\n".join(blocks(document)).splitlines():
            for part in re.split(r"&&|\|", line.partition(" #")[0]):
                words = shlex.split(part)
                if words and Path(words[0]).name == "asnforge":
                    found.append(words[1:])
    return found


def test_the_command_reference_is_made_from_the_code() -> None:
    run = [sys.executable, "-m", "asnforge.cli.reference"]
    made = subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout
    written = (ROOT / "COMMANDS.md").read_text(encoding="utf-8")
    assert made == written, "make it again: python -m asnforge.cli.reference > COMMANDS.md"


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("README.md", "python")
    names: dict[str, Any] = {}
    exec(code, names)
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == [association.file_name for association in names["generation"].associations]
    assert written == sorted(path.name for path in (ROOT / "data/expected/programme_pool").iterdir())


def test_documents_show_commands() -> None:
    assert len(commands()) > 10


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_in_a_document_is_one_that_there_is(words: list[str]) -> None:
    context = click.Context(command)
    found: click.Command | None = command
    while isinstance(found, click.Group):
        found = found.get_command(context, words.pop(0))
    assert found is not None
    known = {text for parameter in found.params for text in parameter.opts + parameter.secondary_opts} | {"--help"}
    for word in words:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in known


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert "://" in target or (ROOT / document).parent.joinpath(target).exists(), target


def headings(document: str) -> set[str]:
    """The anchors of a document's headings."""
    found = re.findall(r"^#+ (.*)$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in found}


def test_what_the_code_cites_is_in_the_documents() -> None:
    cited = {
        (str(path.relative_to(ROOT)), *reference)
        for path in (ROOT / "src").rglob("*.py")
        for reference in re.findall(r"(docs/[\w./-]+\.md)(?:#([\w-]+))?", path.read_text(encoding="utf-8"))
    }
    assert len(cited) > 20
    broken = [
        (path, document, anchor)
        for path, document, anchor in sorted(cited)
        if not (ROOT / document).is_file() or (anchor and anchor not in headings(document))
    ]
    assert broken == []


@pytest.mark.parametrize("heading", ["Quick start", "Tests"])
def test_the_first_block_under_a_heading_is_one_command(heading: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2]
    block = re.search(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert block is not None
    assert len(block[1].splitlines()) == 1
    assert "\n## " not in section[: block.start()]


def test_contributing_fits_a_page() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    context = click.Context(command)
    missing = [name for name in command.list_commands(context) if f"asnforge {name}" not in text]
    assert missing == []


PEER_FLAGS = [
    "-i", "--ids", "--discover", "--all-candidates", "-p", "--path", "--save-orphans", "--version-id", "-r", "--rules",
    "--ignore-default", "--dry-run", "-d", "--delimiter", "--pool-format", "-v", "--verbose", "-D", "--debug", "--DMS",
    "--format", "--version", "--no-finalize", "--merge", "--no-merge", "--per-pool-algorithm",
]  # fmt: skip
"""The flags of asn_generate, jwst 3.0.0."""


@pytest.mark.parametrize("flag", PEER_FLAGS)
def test_each_flag_of_asn_generate_is_accepted_or_in_the_table(flag: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("## Coming from `asn_generate`")[2].partition("\n## ")[0]
    assert re.search(rf"(?<![\w-]){flag}(?![\w-])", table)
    generate = command.get_command(click.Context(command), "generate")  # type: ignore[attr-defined]
    accepted = {option for parameter in generate.params for option in parameter.opts}
    row = next(line for line in table.splitlines() if re.search(rf"(?<![\w-]){flag}(?![\w-])", line.split(" | ")[0]))
    assert flag in accepted or "leave it out" in row or "asnforge --version" in row or "`-v`" in row
