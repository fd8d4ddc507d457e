"""Standard output and standard error: what cannot be written there is noticed, and decides the exit status."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

CLOSED_PIPE = 141
"""The exit status where the reader of the output has gone: 128 and the number of SIGPIPE, as in shells."""

FAILED = 2
"""The exit status where something could not be done; writing the output is a part of it."""

_ERRORS = "backslashreplace"  # file names can have any bytes
_MODES = {0: os.O_WRONLY, 1: os.O_RDONLY, 2: os.O_RDONLY}


class _Watched(io.FileIO):
    """A standard stream. After its first error nothing more is written, and writing does not fail again."""

    def __init__(self, descriptor: int, *, ends_run: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.error: OSError | None = None
        self.ends_run = ends_run

    @property
    def has_no_reader(self) -> bool:
        """Whether it is a pipe whose reader has gone."""
        return self.error is not None and self.error.errno == errno.EPIPE

    def write(self, data: Any) -> int:
        """Write some of the data; after an error, nothing. `SystemExit` where the run ends with its output."""
        if self.error is None:
            try:
                while (written := super().write(data)) is None:  # another program has made the pipe non-blocking
                    select.select([], [self], [])
            except OSError as error:
                self.error = error
                if self.ends_run:
                    raise SystemExit(CLOSED_PIPE if self.has_no_reader else FAILED) from error
            else:
                return written
        return memoryview(data).nbytes


class Streams:
    """Both standard streams during a run.

    Parameters
    ----------
    out, err : _Watched or None
        Standard output and standard error; None for one that is caught by somebody else, such as a test.
    texts : sequence of text stream or None
        The text streams over them.
    """

    def __init__(self, out: _Watched | None, err: _Watched | None, texts: Sequence[TextIO | None]) -> None:
        self._out, self._err, self._texts = out, err, texts

    @property
    def error(self) -> OSError | None:
        """Why standard output could not be written; None also where only its reader has gone."""
        return None if self._out is None or self._out.has_no_reader else self._out.error

    def keep_working(self) -> None:
        """Go on with the run even though its output cannot be written."""
        if self._out is not None:
            self._out.ends_run = False

    def flush(self) -> None:
        """Write all that was printed; it does not fail, but may leave an `error`."""
        self.keep_working()
        for text in self._texts:
            if text is not None:
                text.flush()

    def status(self, status: int) -> int:
        """The exit status of a run, given that of its work: a failure stays a failure, also where the reader has gone."""
        if status not in (0, 1):
            return status
        if self.error is not None:
            return FAILED
        return (
            CLOSED_PIPE if any(each is not None and each.has_no_reader for each in (self._out, self._err)) else status
        )


_running: list[Streams] = []


@contextmanager
def watched_streams() -> Iterator[Streams]:
    """Watch standard output and standard error during a run.

    A stream that is closed fails as a full disk does. Python has None for it, and the system would give its number to the
    next file that is opened: whatever a library prints would be written into that file.

    Yields
    ------
    Streams
        What has become of them; all that was printed is written when the context ends.
    """
    for descriptor, mode in _MODES.items():
        _occupy(descriptor, mode)
    before = sys.stdout, sys.stderr
    out = _Watched(1, ends_run=True) if sys.stdout is sys.__stdout__ else None
    err = _Watched(2, ends_run=False) if sys.stderr is sys.__stderr__ else None
    texts = _text(out, before[0]), _text(err, before[1])
    streams = Streams(out, err, texts)
    sys.stdout, sys.stderr = texts
    _running.append(streams)
    try:
        yield streams
    finally:
        streams.flush()
        _running.pop()
        sys.stdout, sys.stderr = before


def keep_working() -> None:
    """Go on even if nobody reads the output: a verb that writes files says so before it writes the first of them.

    Every other verb ends as soon as its output cannot be written.
    """
    for streams in _running:
        streams.keep_working()


def _occupy(descriptor: int, mode: int) -> None:
    """Open a standard descriptor that is closed, in a mode in which nobody can use it."""
    try:
        os.fstat(descriptor)
    except OSError:
        opened = os.open(os.devnull, mode)  # the lowest number that is free: this one
        os.set_inheritable(opened, True)


def _text(watched: _Watched | None, before: TextIO | None) -> Any:
    """A text stream over a watched descriptor; without one, the stream that is there."""
    if watched is None:
        if isinstance(before, io.TextIOWrapper):
            before.reconfigure(errors=_ERRORS)
        return before
    encoding = "utf-8" if before is None else before.encoding
    by_line = watched.isatty() or before is sys.__stderr__
    return io.TextIOWrapper(io.BufferedWriter(watched), encoding, _ERRORS, line_buffering=by_line)
