"""Kinds of commands: help that ends with examples, groups that import their commands when they are called, ``--quiet``."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from asnforge.cli.terminal import echo, set_quiet
from asnforge.cli.terminal import width as terminal_width

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_F = TypeVar("_F", bound=Callable[..., Any])

INTERRUPTED = 130
"""The exit status after Ctrl-C, as in shells: 128 plus the number of SIGINT."""

_NARROW = 50
"""The narrowest help that click lays out well, in characters."""

_TALKATIVE = {"as_json": "--json", "as_lines": "--jsonl", "markdown": "--markdown", "verbose": "--verbose"}
"""The parameters that request output, with their options: none of them goes together with ``--quiet``."""


class _Text(click.types.StringParamType):
    """The text of an option or argument, which shells complete (`asnforge.cli.completion`)."""

    name = "text"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from asnforge.cli.completion import completions

        return completions(ctx, param, incomplete)


class _HelpFormatter(click.HelpFormatter):
    """The layout of help, which is as wide as the terminal even if that is narrower than click allows."""

    def __init__(self, width: int | None, max_width: int | None) -> None:
        columns = terminal_width()
        if width is None and columns is not None and columns < _NARROW:
            width = columns - 1
        super().__init__(width=width, max_width=max_width)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with their descriptions, which are below them on a narrow terminal."""
        super().write_dl(rows, 4 if self.width < _NARROW else col_max, col_spacing)


class Command(click.Command):
    """A command whose help ends with examples, and whose options and arguments are completed.

    Parameters
    ----------
    examples : sequence of (str, str)
        What a user wants to do, and the command line that does it.
    """

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        for parameter in self.params:
            if parameter.type is click.STRING:
                parameter.type = _Text()

    def get_help(self, ctx: click.Context) -> str:
        """The help as text, as wide as the terminal."""
        formatter = _HelpFormatter(ctx.terminal_width, ctx.max_content_width)
        self.format_help(ctx, formatter)
        return formatter.getvalue().rstrip("\n")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the examples at the end of the help, command lines unbroken so that they can be copied."""
        super().format_epilog(ctx, formatter)
        if not self.examples:
            return
        with formatter.section("Examples"):
            for purpose, line in self.examples:
                formatter.write_text(purpose)
                formatter.write(f"{'':{formatter.current_indent + 2}}{line}\n")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; ``--quiet`` together with an option that requests output is an error."""
        rest = super().parse_args(ctx, args)
        if ctx.params.pop("quiet_output", False) and not ctx.resilient_parsing:
            for name, option in _TALKATIVE.items():
                if ctx.params.get(name):
                    raise click.UsageError(f"--quiet and {option} are mutually exclusive: give one of them.", ctx)
            set_quiet(ctx)
        return rest


def quiet_option(function: _F) -> _F:
    """``--quiet``, which `Command` handles: functions of commands do not receive it."""
    option = click.option("-q", "--quiet", "quiet_output", is_flag=True, help="Print errors only.")
    return option(function)


class LazyGroup(Command, click.Group):
    """A command group that imports a command only when it is called.

    Parameters
    ----------
    package : str
        The package that has one module for each command, with the command as its `command`.
    verbs : dict of str to str
        The names of the commands with their short help.
    """

    def __init__(self, *args: Any, package: str, verbs: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.package = package
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of the commands, in the order of the help."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None if there is no such command."""
        if cmd_name not in self.verbs:
            return None
        command: click.Command = importlib.import_module(f"{self.package}.{cmd_name.replace('-', '_')}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin with `incomplete`, without importing the commands."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=text) for name, text in self.verbs.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command of the arguments; the error for an unknown name suggests the closest one."""
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            from asnforge.findings import did_you_mean

            closest = did_you_mean(args[0], self.verbs)
            hint = f" Did you mean '{closest}'?" if closest else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command: Ctrl-C sets the exit status of shells, and an `OSError` becomes a finding."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            echo("", err=True)
            echo("asnforge: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except OSError as error:  # click would exit with 1 for any broken pipe
            from asnforge.findings import InputError
            from asnforge.system_errors import system_error

            raise InputError(system_error(error)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands in the help without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))
