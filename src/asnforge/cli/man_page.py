"""The manual page of asnforge, made from the commands: ``python -m asnforge.cli.reference man > man/asnforge.1``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

from asnforge.version import __version__

_EXIT_STATUS = (
    ("0", "Clean."),
    ("1", "Findings or differences."),
    ("2", "Wrong usage, input that cannot be read, or output that cannot be written."),
    ("130", "Interrupted."),
    ("141", "Standard output was closed by its reader."),
)
_ENVIRONMENT = (
    (
        "ASNFORGE_CACHE",
        "The folder of the caches of FITS headers and of rule sets, in place of the user's cache folder.",
    ),
    ("ASNFORGE_DEBUG", "If it is set, an internal error shows its traceback."),
    ("ASNFORGE_NO_CACHE", "If it is not empty, nothing is taken from caches, and nothing kept in them."),
    ("COLUMNS", "The width of the terminal."),
    (
        "NO_COLOR, FORCE_COLOR",
        "If one of them is not empty, output has no colors, or has colors in files and pipes as well.",
    ),
    ("SOURCE_DATE_EPOCH", "Seconds since 1970 in place of the current time in a bare --version-id."),
)


def man_page() -> str:
    """The page in the language of roff, with all commands."""
    from asnforge.cli.main import command

    context = click.Context(command, info_name="asnforge", help_option_names=["-h", "--help"])
    return "\n".join(_lines(command, context)) + "\n"


def _lines(command: click.Command, context: click.Context) -> Iterator[str]:
    summary, *description = _paragraphs(command.help or "")
    yield f'.TH ASNFORGE 1 "" "asnforge {__version__}" "User Commands"'
    yield from (".nr HY 0", ".nh", ".ad l")  # options and names are not hyphenated
    yield ".SH NAME"
    yield f"asnforge \\- {_escaped(summary[0].lower() + summary[1:].rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield from _usage(command, context)
    yield ".SH DESCRIPTION"
    yield from _text(description)
    yield ".SH OPTIONS"
    yield from _options(command, context)
    yield ".SH COMMANDS"
    yield from _commands(command, context)
    for heading, entries in (("EXIT STATUS", _EXIT_STATUS), ("ENVIRONMENT", _ENVIRONMENT)):
        yield f".SH {heading}"
        for name, text in entries:
            yield from (".TP", f"\\fB{_escaped(name)}\\fR", _escaped(text))
    yield ".SH EXAMPLES"
    yield from _examples(command)


def _commands(command: click.Command, context: click.Context) -> Iterator[str]:
    """A section for each command, those of a group behind it."""
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner is None:
            continue
        own = click.Context(inner, parent=context, info_name=name)
        yield f'.SS "{_escaped(own.command_path)}"'
        yield from _usage(inner, own)
        yield from (".PP", *_text(_paragraphs(inner.help or "")))
        yield from _options(inner, own)
        yield from _examples(inner)
        yield from _commands(inner, own)


def _usage(command: click.Command, context: click.Context) -> Iterator[str]:
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"\\fB{_escaped(context.command_path)}\\fR {_escaped(pieces)}"


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text; those with line breaks to keep begin with click's mark."""
    return [paragraph.strip("\n") for paragraph in re.split(r"\n\s*\n", cleandoc(text)) if paragraph]


def _text(paragraphs: list[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".EX", *map(_escaped, paragraph.removeprefix("\b\n").split("\n")), ".EE")
        else:
            yield from map(_escaped, paragraph.split("\n"))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        name, text = parameter.get_help_record(context) or ("", "")
        if text:
            yield from (".TP", f"\\fB{_escaped(name)}\\fR", _escaped(" ".join(text.split())))


def _examples(command: click.Command) -> Iterator[str]:
    for purpose, line in getattr(command, "examples", ()):
        yield from (".PP", _escaped(purpose), ".PP", ".RS 4", ".EX", _escaped(line), ".EE", ".RE")


def _escaped(text: str) -> str:
    """Text that roff displays literally, on one line, with hyphens that can be copied."""
    text = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace('"', "\\(dq").replace("`", "\\(ga")
    )
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    text = "".join(character if character.isascii() else f"\\[u{ord(character):04X}]" for character in text)
    return f"\\&{text}" if text.startswith(".") else text
