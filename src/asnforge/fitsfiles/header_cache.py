"""Headers that were read before, kept in the user's cache folder.

A header is used again if the file's path, size and time of modification are the same, and the same keywords are requested.
The cache is a convenience: if it cannot be read or written, headers are read from the files.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from asnforge.fitsfiles.cards import HeaderCards
from asnforge.user_cache import cache_folder, can_write, is_off

FileKey = tuple[str, int, int]
"""Absolute path, size in bytes, and time of modification in nanoseconds."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS header (
    folder TEXT, name TEXT, keywords TEXT, size INTEGER, mtime INTEGER, cards BLOB,
    PRIMARY KEY (folder, name, keywords)
) WITHOUT ROWID
"""
_QUERY = "SELECT folder, name, size, mtime, cards FROM header WHERE folder IN (?) AND keywords = ?"
_MOST_ROWS = 2_000_000
_WAIT_SECONDS = 5.0
_MOST_PARAMETERS = 900
"""SQLite takes at least 999 parameters in a query."""

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(dict[str, str]).decode


def cache_file() -> Path:
    """The file of the cache, in `asnforge.user_cache.cache_folder`."""
    return cache_folder() / "headers.sqlite"


@dataclass(frozen=True, slots=True)
class CacheState:
    """The cache of headers.

    Attributes
    ----------
    file : str
        Its file, which may not exist yet.
    size : int
        Its size in bytes.
    headers : int
        The number of headers in it.
    problem : str
        Why it cannot be used; empty if it can.
    damaged : bool
        Whether the file is not a database, so that it can only be deleted.
    """

    file: str
    size: int
    headers: int
    problem: str = ""
    damaged: bool = False


def cache_state() -> CacheState:
    """The state of the cache; nothing is changed."""
    file = cache_file()
    size = sum(path.stat().st_size for path in (file, Path(f"{file}-wal")) if path.is_file())
    if not file.is_file():
        return CacheState(
            str(file), size, 0, "" if is_off() or can_write(file.parent) else "the folder cannot be written"
        )
    try:
        with closing(
            sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)
        ) as connection:
            headers = connection.execute("SELECT count(*) FROM header").fetchone()[0]
    except (OSError, sqlite3.Error) as error:
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        return CacheState(str(file), size, 0, f"the file cannot be read: {error}", damaged)
    can_be_written = os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)
    return CacheState(str(file), size, headers, "" if can_be_written else "the file cannot be written")


def file_key(path: str) -> FileKey | None:
    """What identifies the state of a file; None if there is no such file."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return os.path.abspath(path), status.st_size, status.st_mtime_ns  # noqa: PTH100


def cached_headers(keys: Iterable[FileKey], keywords: Collection[str]) -> dict[FileKey, HeaderCards]:
    """The headers of these files that are in the cache and still valid; none if caches are off."""
    if is_off():
        return {}
    by_path = {os.fsencode(key[0]): key for key in keys}
    folders = list(dict.fromkeys(path.rpartition(b"/")[0] or b"/" for path in by_path))
    found: dict[FileKey, HeaderCards] = {}
    try:
        with _connected() as connection:
            version = _version(keywords)
            for start in range(0, len(folders), _MOST_PARAMETERS):
                some = folders[start : start + _MOST_PARAMETERS]
                query = _QUERY.replace("(?)", f"({', '.join('?' * len(some))})")
                for folder, name, size, mtime, cards in connection.execute(query, (*some, version)):
                    known = by_path.get(folder + (b"" if folder == b"/" else b"/") + name)
                    if known is not None and known[1:] == (size, mtime):
                        found[known] = HeaderCards(_decode(cards))
    except (OSError, sqlite3.Error, msgspec.MsgspecError):
        return {}
    return found


def keep_headers(headers: Mapping[FileKey, HeaderCards], keywords: Collection[str]) -> None:
    """Add headers to the cache; those with a problem are not kept, as the problem may be over."""
    version = _version(keywords)
    rows = []
    for (path, size, mtime), header in headers.items():
        if not header.problem:
            folder, name = map(os.fsencode, os.path.split(path))
            rows.append((folder, name, version, size, mtime, _encode(header.cards)))
    if not rows or is_off():
        return
    try:
        cache_file().parent.mkdir(parents=True, exist_ok=True)
        with _connected(create=True) as connection:
            if connection.execute("SELECT count(*) FROM header").fetchone()[0] + len(rows) > _MOST_ROWS:
                connection.execute("DELETE FROM header")
            connection.executemany("INSERT OR REPLACE INTO header VALUES (?, ?, ?, ?, ?, ?)", rows)
    except (OSError, sqlite3.Error):
        return


@contextmanager
def _connected(*, create: bool = False) -> Iterator[sqlite3.Connection]:
    """The cache as a database, its changes kept when the block ends without an exception."""
    file = cache_file()
    if not create and not file.is_file():
        raise FileNotFoundError(file)
    with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_SCHEMA)
        yield connection


def _version(keywords: Collection[str]) -> str:
    return sha256("\n".join(sorted(keywords)).encode()).hexdigest()[:16]
