"""Read the headers of many files: from the cache where it is valid, else from the files, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from asnforge.fitsfiles.cards import HeaderCards, read_cards
from asnforge.fitsfiles.header_cache import FileKey, cached_headers, file_key, keep_headers

_THREADS = 8
"""Reading waits for the disk more than for the processor."""

_GROUP = 256


def read_headers(
    paths: Sequence[str],
    keywords: Collection[str],
    *,
    use_cache: bool = True,
    on_progress: Callable[[int], None] = lambda _: None,
) -> dict[str, HeaderCards]:
    """The needed keywords of the primary header of each file.

    Parameters
    ----------
    paths : sequence of str
        FITS files.
    keywords : collection of str
        The keywords that are needed.
    use_cache : bool
        Whether headers are taken from the user's cache and added to it.
    on_progress : callable
        Called with the number of headers that are known so far.
    """
    keys = {path: file_key(path) for path in paths}
    cached = cached_headers(filter(None, keys.values()), keywords) if use_cache else {}
    headers: dict[str, HeaderCards] = {}
    missing: list[str] = []
    for path, key in keys.items():
        known = cached.get(key) if key is not None else None
        if known is not None:
            headers[path] = known
        else:
            missing.append(path)
    on_progress(len(headers))
    if missing:
        read: dict[FileKey, HeaderCards] = {}
        with ThreadPoolExecutor(_THREADS) as pool:
            for start in range(0, len(missing), _GROUP):
                group = missing[start : start + _GROUP]
                for path, header in zip(group, pool.map(lambda path: read_cards(path, keywords), group), strict=True):
                    headers[path] = header
                    key = keys[path]
                    if key is not None:
                        read[key] = header
                on_progress(len(headers))
        if use_cache:
            keep_headers(read, keywords)
    return {path: headers[path] for path in paths}
