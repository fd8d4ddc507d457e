"""The command reference, ``COMMANDS.md``, made from the commands themselves: ``python -m asnforge.cli.reference``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from asnforge.cli.terminal import echo_lines

WIDTH = 100


def reference() -> str:
    """Each command with its help, as Markdown."""
    from asnforge.cli.main import command

    head = (
        "# Commands\n\nMade from the code by `python -m asnforge.cli.reference > COMMANDS.md`; a test compares the two.\n\n"
        "Exit status of all of them: 0 clean, 1 findings or differences, 2 wrong usage, unreadable input or output that cannot "
        "be written; 130 interrupted; 141 the reader of the output has gone.\n"
    )
    sections = [
        f"\n## {' '.join(path)}\n\n```text\n{text}\n```\n" for path, text in _helps(command, ("asnforge",), None)
    ]
    return head + "".join(sections)


def _helps(
    command: click.Command, path: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(
        command,
        info_name=path[-1],
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    yield path, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _helps(inner, (*path, name), context)


if __name__ == "__main__":
    echo_lines(reference(), nl=False)
