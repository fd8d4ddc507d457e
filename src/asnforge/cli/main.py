"""The command line's door: verbs are loaded when they are asked for, and no error ends in a traceback."""

from __future__ import annotations

import gc
import importlib
import os
import sys

import click

from asnforge.cli.streams import FAILED, watched_streams
from asnforge.cli.terminal import echo, echo_usage_error, escape_python_messages
from asnforge.findings import printable
from asnforge.version import __version__

VERBS = {
    "generate": "Generate associations from pools.",
    "batch": "Generate associations from many pools, on one machine or many.",
    "explain": "Say why an exposure is in an association, or in none.",
    "rules": "Check, test, show and compare rules.",
    "validate": "Check association files, generated or edited by hand.",
    "compare": "Compare associations with those expected.",
    "regress": "Generate and compare with what is expected, for a suite of pools.",
    "codes": "Say what the code of a finding stands for.",
}
"""Each verb with what it does, so that the list needs no import of any."""

COLLECT_AFTER = 200_000
"""How many new objects Python looks through for garbage at a time: more than the imports of a run make, all of which stay."""

INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of the signal, as shells have it."""


class LazyGroup(click.Group):
    """A group whose verbs are imported when they are asked for.

    Parameters
    ----------
    room : str
        The package with a module a verb, each with a `command`.
    verbs : dict of str to str
        The verbs with their short help.
    """

    def __init__(self, *args: object, room: str, verbs: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.room = room
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The verbs, in the order of a first use."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A verb's command; None where there is no such verb."""
        if cmd_name not in self.verbs:
            return None
        module = importlib.import_module(f"{self.room}.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that is asked for; where there is none of that name, the error names the nearest."""
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            from asnforge.findings import did_you_mean

            near = did_you_mean(args[0], self.verbs)
            hint = f" Did you mean '{near}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a verb. An interruption has the status that shells give it, and what the system refuses is a finding."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("", "asnforge: interrupted")
            ctx.exit(INTERRUPTED)
        except OSError as error:  # click would give a closed pipe, whichever it is, the status of findings
            from asnforge.findings import InputError
            from asnforge.system_errors import refused

            raise InputError(refused(error)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of verbs in the help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))


@click.group(
    cls=LazyGroup,
    room="asnforge.cli",
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="asnforge")
def command() -> None:
    """Group telescope exposures into associations, by rules that are data.

    Exit status: 0 clean, 1 findings or differences, 2 something could not be done or printed, 130 interrupted, 141 the reader
    of the output has gone, as in 'asnforge ... | head': a command that writes files has written all of them, one that only
    prints ends at once.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status.

    0 clean, 1 findings, 2 something could not be done, 130 interrupted, 141 the reader of the output has gone.
    """
    _make_ready()
    try:
        with watched_streams() as streams:
            status = _run(arguments)
            streams.flush()
            if streams.error is not None:
                from asnforge.system_errors import cannot_print

                _say(str(cannot_print(streams.error)))
    finally:
        gc.freeze()  # at its end Python would look through all modules for garbage: a seventh of a short run
    sys.exit(streams.status(status))


def _run(arguments: list[str] | None) -> int:
    """Run the command line; its exit status, whatever goes wrong."""
    from asnforge.findings import InputError
    from asnforge.system_errors import no_memory

    try:
        status = command.main(args=arguments, prog_name="asnforge", standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except click.ClickException as error:
        echo_usage_error(error)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except InputError as stop:
        _say(*map(str, stop.findings))
    except MemoryError:
        _say(str(no_memory()))
    except Exception as error:
        if os.environ.get("ASNFORGE_DEBUG"):
            raise
        said = printable(" ".join(str(error).split()))
        _say(
            f"asnforge: a fault of asnforge itself: {type(error).__name__}: {said}",
            "Please report it, with what ASNFORGE_DEBUG=1 shows.",
        )
    else:
        return status if isinstance(status, int) else 0
    return FAILED


def _make_ready() -> None:
    """Have Python and numpy do nothing that a run has no use for, and display their own messages as all others.

    numpy would start a thread on each processor for products of matrices, of which there are none here.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(COLLECT_AFTER, 20, 50)
    escape_python_messages()


def _say(*lines: str) -> None:
    """Print the lines of an error."""
    for line in lines:
        echo(line, err=True)
