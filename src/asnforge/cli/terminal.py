"""Terminal output: everything that a command displays is written, and escaped, here.

Nothing from a file, a file name or an argument can control the terminal or add a line: a line goes through `printable`, and
several lines go through `printable_lines`. The latter keeps line breaks, so values must be escaped by `printable` or `quoted`
before they become part of such text.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from io import StringIO
from types import TracebackType
from typing import TYPE_CHECKING

import click

from asnforge.findings import printable, printable_lines

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

_FILE_WIDTH = 160
"""The width of tables that are written to a file or a pipe."""


def echo(line: object = "", *, err: bool = False) -> None:
    """Write one line to standard output or standard error; line breaks inside are escaped."""
    click.echo(printable(str(line)), err=err)


def echo_lines(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Write several lines, and a line break at the end if `nl`; everything but line breaks is escaped."""
    click.echo(printable_lines(text), err=err, nl=nl)


def echo_json(value: object) -> None:
    """Write a value as ASCII JSON to standard output."""
    import json

    echo_lines(json.dumps(value, indent=4))


def echo_usage_error(error: click.ClickException) -> None:
    """Write a usage error to standard error, in the layout of click, with its message on one line."""
    # The message of NoArgsIsHelpError is the help of the command, several lines.
    if isinstance(error, click.UsageError) and type(error).__name__ != "NoArgsIsHelpError":
        error = click.UsageError(printable(error.format_message()), error.ctx)
    text = StringIO()
    error.show(text)
    echo_lines(text.getvalue(), err=True, nl=False)


def clear() -> None:
    """Clear the terminal if standard output is one."""
    click.clear()


def escape_python_messages() -> None:
    """Escape warnings and tracebacks of Python and of libraries as well; a warning is one line."""

    def show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        echo(f"asnforge: {category.__name__}: {printable(str(message))}", err=True)

    def show_traceback(error_type: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        from traceback import format_exception

        echo_lines("".join(format_exception(error_type, error, trace)), err=True, nl=False)

    warnings.showwarning = show_warning
    sys.excepthook = show_traceback


def is_terminal(*, err: bool = False) -> bool:
    """Whether standard output or standard error is a terminal; False if it is closed."""
    stream = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()


def width() -> int | None:
    """The width of the terminal in characters; None if standard output is not a terminal, so that lines are not wrapped."""
    from shutil import get_terminal_size

    return get_terminal_size().columns if is_terminal() else None


def console(*, err: bool = False) -> Console:
    """A rich console for tables and progress bars that escapes text as `echo` does."""
    from rich.console import Console
    from rich.segment import Segment

    class EscapingConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                text, style, control = segment
                yield segment if control else Segment(printable_lines(text), style)

    return EscapingConsole(stderr=err, width=None if is_terminal(err=err) else _FILE_WIDTH, highlight=False)
