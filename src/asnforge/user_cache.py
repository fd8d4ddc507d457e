"""The folder of asnforge's caches, which may be deleted at any time, and the variables that move it or switch caches off."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER_VARIABLE = "ASNFORGE_CACHE"
"""The environment variable that names another folder."""

OFF_VARIABLE = "ASNFORGE_NO_CACHE"
"""The environment variable that switches all caches off, unless it is empty."""


def is_off() -> bool:
    """Whether caches are switched off: nothing is read from them or written to them."""
    return bool(os.environ.get(OFF_VARIABLE))


def cache_folder() -> Path:
    """The folder, which may not exist: that of `FOLDER_VARIABLE`, or else ``asnforge`` in the user's cache folder."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if sys.platform == "linux" and (home := _linux_cache()) is not None:
        return home / "asnforge"
    import platformdirs  # importing it takes longer than reading a rule set from the cache

    return Path(platformdirs.user_cache_dir("asnforge", appauthor=False))


def can_write(folder: Path) -> bool:
    """Whether files can be made in a folder, which may not exist yet."""
    existing = next((path for path in (folder, *folder.parents) if path.exists()), None)
    return existing is not None and existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _linux_cache() -> Path | None:
    """The cache folder of the XDG specification; None in the cases that are left to platformdirs."""
    given = os.environ.get("XDG_CACHE_HOME", "").strip()
    home = Path(given or f"{os.path.expanduser('~')}/.cache")  # noqa: PTH111
    return home if home.is_absolute() else None
