"""Standard output and standard error: a stream that cannot be written sets the exit status, and never ends in a traceback."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

CLOSED_PIPE = 141
"""The exit status after the reader of the output has gone, as in shells: 128 plus the number of SIGPIPE."""

FAILED = 2
"""The exit status if something could not be done, writing the output included."""

_ERRORS = "backslashreplace"  # file names can contain any bytes
_UNUSABLE_MODES = {0: os.O_WRONLY, 1: os.O_RDONLY, 2: os.O_RDONLY}


class _Watched(io.FileIO):
    """A standard stream that discards everything after its first error; `ends_run` raises `SystemExit` at that error."""

    def __init__(self, descriptor: int, *, ends_run: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.error: OSError | None = None
        self.ends_run = ends_run

    @property
    def has_no_reader(self) -> bool:
        return self.error is not None and self.error.errno == errno.EPIPE

    def write(self, data: Any) -> int:
        if self.error is None:
            try:
                while (written := super().write(data)) is None:  # another process made the pipe non-blocking
                    select.select([], [self], [])
            except OSError as error:
                self.error = error
                if self.ends_run:
                    raise SystemExit(CLOSED_PIPE if self.has_no_reader else FAILED) from error
            else:
                return written
        return memoryview(data).nbytes


class Streams:
    """Both standard streams during a run; a stream is None if it was replaced before, as tests do."""

    def __init__(self, out: _Watched | None, err: _Watched | None) -> None:
        self._out, self._err = out, err
        self.texts = _text(out, sys.stdout), _text(err, sys.stderr)

    @property
    def error(self) -> OSError | None:
        """Why standard output could not be written; None if only its reader has gone."""
        return None if self._out is None or self._out.has_no_reader else self._out.error

    def keep_working(self) -> None:
        """Continue the run even if its output cannot be written."""
        if self._out is not None:
            self._out.ends_run = False

    def flush(self) -> None:
        """Write everything that was printed; never raises, but may set `error`."""
        self.keep_working()
        for text in self.texts:
            if text is not None:
                text.flush()

    def status(self, status: int) -> int:
        """The exit status of a run whose work ended with `status`: output that failed replaces 0 and 1 only."""
        if status not in (0, 1):
            return status
        if self.error is not None:
            return FAILED
        closed = any(stream is not None and stream.has_no_reader for stream in (self._out, self._err))
        return CLOSED_PIPE if closed else status


_running: list[Streams] = []


@contextmanager
def watched_streams() -> Iterator[Streams]:
    """Watch standard output and standard error during a run, and flush them at its end.

    A closed stream fails like a full disk. Without this, the system would give its descriptor to the next file that is
    opened, and whatever a library prints would be written into that file.
    """
    for descriptor, mode in _UNUSABLE_MODES.items():
        try:
            os.fstat(descriptor)
        except OSError:  # closed: os.open returns the lowest free descriptor, which is this one
            os.set_inheritable(os.open(os.devnull, mode), True)
    before = sys.stdout, sys.stderr
    streams = Streams(
        _Watched(1, ends_run=True) if sys.stdout is sys.__stdout__ else None,
        _Watched(2, ends_run=False) if sys.stderr is sys.__stderr__ else None,
    )
    sys.stdout, sys.stderr = streams.texts
    _running.append(streams)
    try:
        yield streams
    finally:
        streams.flush()
        _running.pop()
        sys.stdout, sys.stderr = before


def keep_working() -> None:
    """Continue even if nobody reads the output. A command that writes files calls this before it writes the first one.

    Every other command ends as soon as its output cannot be written.
    """
    for streams in _running:
        streams.keep_working()


def _text(watched: _Watched | None, before: TextIO | None) -> Any:
    """A text stream over a watched descriptor; without one, the stream that was there before."""
    if watched is None:
        if isinstance(before, io.TextIOWrapper):
            before.reconfigure(errors=_ERRORS)
        return before
    encoding = "utf-8" if before is None else before.encoding
    by_line = watched.isatty() or before is sys.__stderr__
    return io.TextIOWrapper(io.BufferedWriter(watched), encoding, _ERRORS, line_buffering=by_line)
