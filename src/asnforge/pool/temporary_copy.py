"""Copies of pools that can only be read from their beginning, so that any part of them can be read.

A compressed pool, or standard input, is copied to a temporary file if it is large. Memory then depends on what is read of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile

from asnforge.pool.open import GZIP, STANDARD_INPUT, Source, find_source, read_chunks, refusing_unreadable, reopen
from asnforge.pool.sniff import table_format


@contextmanager
def seekable_pool(path: str, smallest: int) -> Iterator[Source]:
    """Find a pool as `asnforge.pool.open.find_source` does, and copy it if it is large and can only be read from its beginning.

    Parameters
    ----------
    path : str
        The pool; ``-`` is standard input.
    smallest : int
        The number of bytes, not compressed, from which a pool is copied.

    Yields
    ------
    Source
        The pool. If there is no space for a copy, it is the pool itself, with the bytes of standard input in memory.

    Raises
    ------
    InputError
        As for `find_source`.
    """
    with ExitStack() as stack:
        source = find_source(path) if path != "-" or sys.stdin is None else _standard_input(smallest, stack)
        yield _decompressed(source, smallest, stack) if source.compressed else source


def _standard_input(smallest: int, stack: ExitStack) -> Source:
    with refusing_unreadable(STANDARD_INPUT):
        chunks = read_chunks(sys.stdin.buffer, STANDARD_INPUT)
        first = _first_bytes(chunks, smallest)
        if len(first) < smallest or first.startswith(GZIP) or table_format(first) is not None:
            return reopen(STANDARD_INPUT, first + b"".join(chunks))
        chunks = chain([first], chunks)
        copy, in_memory = _copy(chunks, stack)
        return reopen(STANDARD_INPUT, in_memory + b"".join(chunks) if copy is None else None, copy)


def _decompressed(source: Source, smallest: int, stack: ExitStack) -> Source:
    if table_format(source.head) is not None:
        return source
    with source.open() as stream:
        chunks = read_chunks(stream, source.path, in_memory=False)
        first = _first_bytes(chunks, smallest)
        if len(first) < smallest:
            return source
        copy, _ = _copy(chain([first], chunks), stack)
    return source if copy is None else replace(reopen(source.path, None, copy), state=source.state)


def _first_bytes(chunks: Iterator[bytes], smallest: int) -> bytes:
    """The chunks up to a number of bytes, together."""
    found: list[bytes] = []
    size = 0
    while size < smallest and (data := next(chunks, b"")):
        found.append(data)
        size += len(data)
    return b"".join(found)


def _copy(chunks: Iterator[bytes], stack: ExitStack) -> tuple[str | None, bytes]:
    """Copy chunks to a temporary file, and return its path; if one cannot be written, None, and all chunks up to that one."""
    try:
        file = stack.enter_context(NamedTemporaryFile(prefix="asnforge-", buffering=0))  # noqa: SIM115
    except OSError:
        return None, b""
    written = 0
    for data in chunks:
        try:
            is_complete = file.write(data) == len(data)
        except OSError:
            is_complete = False
        if not is_complete:
            return None, Path(file.name).read_bytes()[:written] + data
        written += len(data)
    return file.name, b""
