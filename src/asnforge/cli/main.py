"""Entry point of the command line: commands are imported when they are called, and users never see a traceback."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import sys

import click

from asnforge.cli.commands import INTERRUPTED, LazyGroup
from asnforge.cli.streams import FAILED, watched_streams
from asnforge.cli.terminal import echo, echo_usage_error, escape_python_messages
from asnforge.findings import printable
from asnforge.version import __version__

VERBS = {
    "generate": "Generate associations from pools.",
    "batch": "Generate associations from many pools, on one machine or a cluster.",
    "report": "Show what is generated on a page that opens in a browser.",
    "explain": "Explain why an exposure is in an association, or in none.",
    "pool": "Make pools from FITS files, and look at pools.",
    "rules": "Check, test, show and compare rules.",
    "show": "Show what associations combine.",
    "new": "Make an association of FITS files by hand.",
    "edit": "Add and remove members of an association file.",
    "gather": "Gather associations and the files of their members in one folder.",
    "validate": "Check association files, generated or edited by hand.",
    "compare": "Compare associations with the expected ones.",
    "regress": "Generate associations for a suite of pools and compare them with the expected ones.",
    "codes": "Explain finding codes.",
    "doctor": "Check this installation: versions, rule sets, caches.",
    "completion": "Print the script that completes commands in a shell.",
}
"""The short help of each command, so that `asnforge --help` imports none of them."""

_GC_THRESHOLD = 200_000
"""New objects between garbage collections: more than the imports of a run create, all of which stay alive."""


@click.group(
    cls=LazyGroup,
    package="asnforge.cli",
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=[
        ("Write the associations of a pool to the folder asn:", "asnforge generate pool.tsv -o asn"),
        ("List the exposures that are in no association, by reason:", "asnforge explain pool.tsv --orphans"),
    ],
)
@click.version_option(__version__, prog_name="asnforge")
def command() -> None:
    """Group telescope exposures into associations, by declarative rules.

    Exit status: 0 clean, 1 findings or differences, 2 something could not be done or printed, 130 interrupted, 141 standard
    output was closed by its reader, as in 'asnforge ... | head': a command that writes files has written all of them, one
    that only prints stops at once.
    """


def run() -> None:
    """Run the command line as a program: as `main`, but the process ends without freeing its memory object by object.

    That would take a twentieth of a short run. Python calls the functions that were registered to be called at its end in
    reverse order, when all threads have ended; this one is the last, or it is not registered.
    """
    ended: list[int] = []
    # The private function is the only way to know that nothing else, such as a measurement of coverage, expects a usual end.
    if getattr(atexit, "_ncallbacks", lambda: 1)() == 0:
        atexit.register(_end_process, ended)
    try:
        main()
    except SystemExit as stop:
        if isinstance(stop.code, int):
            ended.append(stop.code)
        raise


def _end_process(ended: list[int]) -> None:
    if not ended or sys.flags.inspect:
        return
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):  # Python reports it
        return
    os._exit(ended[0])


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status.

    0 clean, 1 findings or differences, 2 something could not be done or printed, 130 interrupted, 141 closed output
    (`docs/decisions/0007-exit-status.md`).
    """
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # numpy multiplies no matrices here; its threads cost start-up time
    gc.set_threshold(_GC_THRESHOLD, 20, 50)
    escape_python_messages()
    try:
        with watched_streams() as streams:
            status = _run(arguments)
            streams.flush()
            if streams.error is not None:
                from asnforge.system_errors import cannot_print

                _print_errors(cannot_print(streams.error))
    finally:
        gc.freeze()  # a last garbage collection at exit would take a seventh of a short run
    sys.exit(streams.status(status))


def _run(arguments: list[str] | None) -> int:
    """Run the command line and return its exit status; every exception becomes a message."""
    from asnforge.findings import InputError
    from asnforge.system_errors import no_memory

    try:
        written = shlex.join(("asnforge", *(sys.argv[1:] if arguments is None else arguments)))
        status = command.main(args=arguments, prog_name="asnforge", standalone_mode=False, obj=written)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except click.ClickException as error:
        echo_usage_error(error)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except InputError as stop:
        _print_errors(*stop.findings)
    except MemoryError:
        _print_errors(no_memory())
    except Exception as error:
        if os.environ.get("ASNFORGE_DEBUG"):
            raise
        message = printable(" ".join(str(error).split()))
        _print_errors(
            f"asnforge: internal error: {type(error).__name__}: {message}",
            "Please report it, with the traceback that ASNFORGE_DEBUG=1 shows.",
        )
    else:
        return status if isinstance(status, int) else 0
    return FAILED


def _print_errors(*lines: object) -> None:
    for line in lines:
        echo(line, err=True)
