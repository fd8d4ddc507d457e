"""The terminal: everything that a verb displays, on standard output and standard error, is written here.

All text is escaped, whatever it is made of, so that nothing from a file, a file name or an argument can control the
terminal or add a line: a line by `printable`, and several lines by `printable_lines`. In several lines a line break of a
value cannot be known from one of the text, so a value goes through `printable` or `quoted` where it is put into the text.
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

_WIDTH_OF_FILES = 160
"""The width of tables that go to a file or a pipe."""


def echo(line: object = "", *, err: bool = False) -> None:
    """Write one line to standard output, or to standard error; line breaks inside are escaped as well."""
    click.echo(printable(str(line)), err=err)


def echo_lines(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Write text of several lines, whose values must be escaped by `printable` already.

    Parameters
    ----------
    text : str
        The text; everything in it but its line breaks is escaped.
    err : bool
        Write to standard error.
    nl : bool
        Write a line break at the end.
    """
    click.echo(printable_lines(text), err=err, nl=nl)


def echo_json(value: object) -> None:
    """Write a value as JSON to standard output, in ASCII: JSON escapes all other characters itself."""
    import json

    echo_lines(json.dumps(value, indent=4))


def echo_usage_error(error: click.ClickException) -> None:
    """Write an error in the use of the command line to standard error, as click lays it out, its message on one line."""
    # The message of NoArgsIsHelpError is the help; click before 8.2 does not have it.
    if isinstance(error, click.UsageError) and type(error).__name__ != "NoArgsIsHelpError":
        error = click.UsageError(printable(error.format_message()), error.ctx)
    shown = StringIO()
    error.show(shown)
    echo_lines(shown.getvalue(), err=True, nl=False)


def clear() -> None:
    """Clear the terminal, where standard output is one."""
    click.clear()


def escape_python_messages() -> None:
    """Display warnings of Python and of libraries, and tracebacks, as all else is displayed; a warning on one line."""

    def show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        echo(f"asnforge: {category.__name__}: {printable(str(message))}", err=True)

    def show_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        from traceback import format_exception

        echo_lines("".join(format_exception(kind, error, trace)), err=True, nl=False)

    warnings.showwarning = show_warning
    sys.excepthook = show_traceback


def is_terminal(*, err: bool = False) -> bool:
    """Whether standard output, or standard error, is a terminal; False for a closed one."""
    stream = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()


def width() -> int | None:
    """The width of the terminal in characters; None where standard output is none, so that a line stays one line."""
    from shutil import get_terminal_size

    return get_terminal_size().columns if is_terminal() else None


def console(*, err: bool = False) -> Console:
    """A console of rich, for tables and progress bars; it escapes text as `echo` does and adds its own styles."""
    from rich.console import Console
    from rich.segment import Segment

    class EscapingConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                text, style, control = segment
                yield segment if control else Segment(printable_lines(text), style)

    return EscapingConsole(stderr=err, width=None if is_terminal(err=err) else _WIDTH_OF_FILES, highlight=False)
