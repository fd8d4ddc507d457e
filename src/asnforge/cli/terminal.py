"""Terminal output: everything that a command displays is written, and escaped, here.

Nothing from a file, a file name or an argument can control the terminal or add a line: a line goes through `printable`, and
several lines go through `printable_lines`. The latter keeps line breaks, so values must be escaped by `printable` or `quoted`
before they become part of such text.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING

import click

from asnforge.findings import Finding, fitted, printable, printable_lines

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

_FILE_WIDTH = 160
"""The width of tables that are written to a file or a pipe."""

_PARTS = 1 << 14
"""The number of tokens of JSON that are written at once."""

_QUIET = "asnforge.quiet"
_SEVERITY_COLORS = {"error": "red", "warning": "yellow"}
_DIFFERENCE = re.compile(
    r"(?P<red>^ *(?:missing|lost)(?= |$)|\bonly expected:|^ +without )"
    r"|(?P<green>^ *(?:unexpected|gained)(?= |$)|\bonly actual:|^ +with )"
    r"|(?P<yellow>^ *(?:changed|renamed|duplicate|split|merged)(?= |$))"
)
"""The words that say on which side something is, in lines of comparisons, with their colors."""


def echo(line: object = "", *, err: bool = False, indent: str = "") -> None:
    """Write one line to standard output or standard error, after spaces `indent`; line breaks inside are escaped.

    A finding has the color of its severity on a terminal. With ``--quiet``, only findings that are errors are written.
    """
    if isinstance(line, Finding):
        if line.severity == "error" or not is_quiet():
            click.echo(indent + (_colored(line) if has_colors(err=err) else str(line)), err=err, color=True)
    elif not is_quiet():
        click.echo(indent + printable(str(line)), err=err)


def _colored(finding: Finding) -> str:
    position, code, message = finding.parts()
    return position + click.style(code, fg=_SEVERITY_COLORS[finding.severity], bold=True) + message


def echo_lines(text: str, *, err: bool = False, nl: bool = True, always: bool = False) -> None:
    """Write several lines, and a line break at the end if `nl`; everything but line breaks is escaped.

    With ``--quiet``, nothing is written, unless `always`.
    """
    if always or not is_quiet():
        click.echo(printable_lines(text), err=err, nl=nl)


def echo_fitted(line: str, *, err: bool = False) -> None:
    """Write a line to standard output or standard error, wrapped between words if it is wider than the terminal."""
    echo_lines("\n".join(fitted(line, width(err=err))), err=err)


def echo_table(lines: Sequence[str]) -> None:
    """Write a table with a heading to standard output; the heading is bold on a terminal."""
    bold = has_colors() and bool(lines)
    if bold and not is_quiet():
        click.echo(click.style(printable(lines[0]), bold=True), color=True)
    echo_lines("\n".join(lines[bold:]))


def echo_difference(line: str) -> None:
    """Write a line of a comparison to standard output; on a terminal what is only on one side is red or green."""
    first, *rest = fitted(line, width())
    if has_colors():
        first = _DIFFERENCE.sub(lambda match: click.style(match[0], fg=match.lastgroup), first, count=1)
    if not is_quiet():
        click.echo("\n".join([first, *rest]), color=True)


def set_quiet(context: click.Context) -> None:
    """Write only errors until the command of this context ends."""
    context.meta[_QUIET] = True


def is_quiet() -> bool:
    """Whether the command that runs was called with ``--quiet``."""
    context = click.get_current_context(silent=True)
    return context is not None and _QUIET in context.meta


def has_colors(*, err: bool = False) -> bool:
    """Whether a stream shows colors: a terminal does, unless ``NO_COLOR`` is set; ``FORCE_COLOR`` makes any stream do so."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal(err=err) and os.environ.get("TERM") != "dumb")


def echo_json(value: object) -> None:
    """Write a value as ASCII JSON to standard output, without all of its text in memory."""
    import json

    if not is_quiet():
        parts = json.JSONEncoder(indent=4).iterencode(value)
        echo_json_parts(iter(lambda: "".join(islice(parts, _PARTS)), ""))
        echo_json_parts("\n")


def echo_json_parts(parts: Iterable[str]) -> None:
    """Write parts of ASCII JSON to standard output as they come."""
    for part in parts:
        sys.stdout.write(part.replace("\x7f", "\\u007f"))


def echo_json_lines(values: Iterable[object]) -> None:
    """Write values as ASCII JSON to standard output, each on a line of its own."""
    import json

    echo_json_parts(f"{json.dumps(value)}\n" for value in values)


def echo_usage_error(error: click.ClickException) -> None:
    """Write a usage error to standard error, in the layout of click, with its message on one line."""
    # The message of NoArgsIsHelpError is the help of the command, several lines.
    if isinstance(error, click.UsageError) and type(error).__name__ != "NoArgsIsHelpError":
        error = click.UsageError(printable(error.format_message()), error.ctx)
    text = StringIO()
    error.show(text)
    echo_lines(text.getvalue(), err=True, nl=False, always=True)


def clear() -> None:
    """Clear the terminal if standard output is one."""
    click.clear()


def escape_python_messages() -> None:
    """Escape warnings and tracebacks of Python and of libraries as well; a warning is one line."""

    def show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        echo(f"asnforge: {category.__name__}: {printable(str(message))}", err=True)

    def show_traceback(error_type: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        from traceback import format_exception

        echo_lines("".join(format_exception(error_type, error, trace)), err=True, nl=False, always=True)

    warnings.showwarning = show_warning
    sys.excepthook = show_traceback


def is_terminal(*, err: bool = False) -> bool:
    """Whether standard output or standard error is a terminal; False if it is closed."""
    stream = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()


def width(*, err: bool = False) -> int | None:
    """The width of the terminal in characters; None if the stream is not a terminal, so that lines are not wrapped."""
    from shutil import get_terminal_size

    return get_terminal_size().columns if is_terminal(err=err) else None


def console(*, err: bool = False) -> Console:
    """A rich console for tables and progress bars that escapes text as `echo` does."""
    from rich.console import Console
    from rich.segment import Segment

    class EscapingConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                text, style, control = segment
                yield segment if control else Segment(printable_lines(text), style)

    return EscapingConsole(
        stderr=err, width=None if is_terminal(err=err) else _FILE_WIDTH, highlight=False, quiet=is_quiet()
    )
