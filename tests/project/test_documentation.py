"""The documents agree with the code: commands, names, links, and the facts of the README."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.examples import Block, commands, read_blocks

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


def shown_commands() -> list[list[str]]:
    """The arguments of every asnforge command in a document, of blocks that are not run as well."""
    result = []
    for document in DOCUMENTS:
        for block in read_blocks(ROOT / document):
            for line in block_commands(block):
                for part in re.split(r"&&|\||\n", line.partition(" #")[0]):
                    words = re.split(r"\s+", part.strip()) if "<<" in part or "$(" in part else shlex.split(part)
                    if words and Path(words[0]).name == "asnforge":
                        result.append(words[1:])
    return result


def block_commands(block: Block) -> list[str]:
    return [] if block.language == "python" else [command.text for command in commands(block)]


@pytest.mark.parametrize(
    ("document", "arguments"),
    [
        ("COMMANDS.md", []),
        ("docs/keys.md", ["keys"]),
        ("docs/codes.md", ["codes"]),
        ("docs/columns.md", ["columns"]),
        ("man/asnforge.1", ["man"]),
    ],
)
def test_a_reference_is_up_to_date(document: str, arguments: list[str]) -> None:
    run = [sys.executable, "-m", "asnforge.cli.reference", *arguments]
    generated = subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout
    written = (ROOT / document).read_text(encoding="utf-8")
    assert generated == written, f"update it: python -m asnforge.cli.reference {' '.join(arguments)} > {document}"


def test_documents_show_commands() -> None:
    assert len(shown_commands()) > 10


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_a_command_in_a_document_exists(words: list[str]) -> None:
    context = click.Context(command)
    target: click.Command | None = command
    while isinstance(target, click.Group):
        target = target.get_command(context, words.pop(0))
    assert target is not None
    known = {text for parameter in target.params for text in parameter.opts + parameter.secondary_opts} | {"--help"}
    for word in words:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in known


def anchors(path: Path) -> set[str]:
    """The anchors of the headings of a document, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def is_broken(path: Path, anchor: str) -> bool:
    return not path.exists() or bool(anchor and anchor not in anchors(path))


def links(document: str) -> list[tuple[str, str]]:
    """The targets of the links of a document outside of code blocks: the path, empty for this document, and the anchor."""
    text = re.sub(r"^```.*?^```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [(target.partition("#")[0], target.partition("#")[2]) for target in targets if not re.match(r"\w+:", target)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_have_a_target(document: str) -> None:
    here = ROOT / document
    targets = {(path, anchor): here.parent / path if path else here for path, anchor in links(document)}
    assert [target for target, path in targets.items() if is_broken(path, target[1])] == []


def test_references_in_the_source_have_a_target() -> None:
    references = {
        (str(path.relative_to(ROOT)), *reference)
        for path in (ROOT / "src").rglob("*.py")
        for reference in re.findall(r"(docs/[\w./-]+\.md)(?:#([\w-]+))?", path.read_text(encoding="utf-8"))
    }
    assert len(references) > 20
    assert [reference for reference in sorted(references) if is_broken(ROOT / reference[1], reference[2])] == []


def test_the_index_links_every_page_once() -> None:
    pages = sorted(
        str(path.relative_to(ROOT / "docs"))
        for ending in ("*.md", "*.ipynb")
        for path in (ROOT / "docs").rglob(ending)
        if path.name != "index.md"
    )
    listed = [path for path, _ in links("docs/index.md") if not path.startswith(("../", "pictures/"))]
    assert sorted(listed) == pages


def test_decisions_are_numbered_without_gaps_and_have_the_same_sections() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for path in pages:
        assert re.findall(r"^## (.*)$", path.read_text("utf-8"), re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


@pytest.mark.parametrize("page", sorted((ROOT / "docs/howto").glob("*.md")), ids=lambda page: page.stem)
def test_a_howto_has_numbered_steps(page: Path) -> None:
    steps = re.findall(r"^(\d+)\. ", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(steps) >= 3
    assert steps == [str(number) for number in range(1, len(steps) + 1)]


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


def test_every_command_has_a_line_in_commands_by_task() -> None:
    text = (ROOT / "docs/commands-by-task.md").read_text(encoding="utf-8")
    context = click.Context(command)
    missing = [name for name in command.list_commands(context) if f"asnforge {name}" not in text]
    assert missing == []


PEER_OPTIONS = [
    "-i", "--ids", "--discover", "--all-candidates", "-p", "--path", "--save-orphans", "--version-id", "-r", "--rules",
    "--ignore-default", "--dry-run", "-d", "--delimiter", "--pool-format", "-v", "--verbose", "-D", "--debug", "--DMS",
    "--format", "--version", "--no-finalize", "--merge", "--no-merge", "--per-pool-algorithm",
]  # fmt: skip
"""The options of asn_generate in jwst 3.0.0."""


@pytest.mark.parametrize("flag", PEER_OPTIONS)
def test_every_option_of_asn_generate_is_accepted_or_in_the_table(flag: str) -> None:
    text = (ROOT / "docs/coming-from.md").read_text(encoding="utf-8")
    table = text.partition("## Coming from `asn_generate`")[2].partition("\n## ")[0]
    assert re.search(rf"(?<![\w-]){flag}(?![\w-])", table)
    generate = command.get_command(click.Context(command), "generate")
    assert generate is not None
    accepted = {option for parameter in generate.params for option in parameter.opts}
    row = next(line for line in table.splitlines() if re.search(rf"(?<![\w-]){flag}(?![\w-])", line.split(" | ")[0]))
    assert flag in accepted or "leave it out" in row or "asnforge --version" in row or "`-v`" in row
