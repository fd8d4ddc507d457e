"""The system around an installation: the caches, the encoding of file names, the clock, compiled modules."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from asnforge.findings import Finding, FindingCode
from asnforge.fitsfiles.header_cache import CacheState
from asnforge.rulefiles.ruleset_cache import RulesetCacheState

CACHE_UNUSABLE = FindingCode(
    "A206",
    "a cache cannot be used",
    "Headers of FITS files and rule sets are kept in the user's cache folder, so that the next run need not read them again. "
    "Without the caches everything works, but more slowly. The variable ASNFORGE_CACHE names another folder, and "
    "ASNFORGE_NO_CACHE=1 switches the caches off.",
    wrong="ASNFORGE_CACHE=/proc asnforge generate download",
    right="ASNFORGE_CACHE=/scratch/asnforge asnforge generate download",
)
ENCODING = FindingCode(
    "A207",
    "file names or output are not UTF-8",
    "The locale makes Python use another encoding for file names or for what commands print, so other letters are displayed as "
    "escapes and names may not be found. Use a locale with UTF-8.",
    wrong="LC_ALL=en_US.ISO-8859-1 asnforge doctor",
    right="LC_ALL=C.UTF-8 asnforge doctor",
)
CLOCK = FindingCode(
    "A208",
    "the clock or the time zone is wrong",
    "The clock of this computer is behind the time at which asnforge was installed, or the variable TZ names a time zone that "
    "does not exist, so that programs use UTC in its place. Version IDs of associations and the cache of headers depend on the "
    "clock; asnforge itself writes all times in UTC.",
    wrong="TZ=Europe/Pariss asnforge doctor",
    right="TZ=Europe/Paris asnforge doctor",
)
COMPILED_EACH_TIME = FindingCode(
    "A209",
    "Python compiles asnforge at every start",
    "The compiled modules of asnforge cannot be kept: the variable PYTHONDONTWRITEBYTECODE is set, or the folder of the "
    "installation cannot be written and has none. Every command takes longer to start. Compile the modules once.",
    wrong="PYTHONDONTWRITEBYTECODE=1 pip install --no-compile asnforge",
    right="python -m compileall SITE-PACKAGES/asnforge",
)

_DAY = 86_400
_ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
"""Where systems keep the files of time zones."""


def check_surroundings(headers: CacheState, rulesets: RulesetCacheState) -> Iterator[Finding]:
    """The problems of the system that asnforge runs on; warnings, as it works with them."""
    for place, problem in ((headers.file, headers.problem), (rulesets.folder, rulesets.problem)):
        if problem:
            hint = "set ASNFORGE_CACHE to a folder that you can write"
            if headers.damaged and place == headers.file:
                hint = "delete the file: it will be made again"
            yield CACHE_UNUSABLE.finding("{problem}", place, hint=hint, severity="warning", problem=problem)
    for what, encoding in (("file names", sys.getfilesystemencoding()), ("output", _output_encoding())):
        if encoding.casefold().replace("_", "-") not in ("utf-8", "utf8"):
            message = "{what} are in {encoding}" if what == "file names" else "{what} is in {encoding}"
            hint = "set LC_ALL=C.UTF-8, and unset PYTHONIOENCODING"
            yield ENCODING.finding(message, hint=hint, severity="warning", what=what, encoding=encoding)
    yield from _check_clock()
    module = importlib.util.find_spec("asnforge.generation.engine")
    if module is not None and module.origin is not None and not _is_kept(module.origin):
        folder = Path(module.origin).parents[1]
        message, hint = "compiled modules cannot be kept", f"python -m compileall {folder}"
        yield COMPILED_EACH_TIME.finding(message, str(folder), hint=hint, severity="warning")


def describe_clock() -> str:
    """The time zone, and the difference of its time from UTC."""
    offset = datetime.now().astimezone().strftime("%z")
    return f"{time.tzname[0]} (UTC{offset[:3]}:{offset[3:]})"


def _check_clock() -> Iterator[Finding]:
    installed = Path(__file__).stat().st_mtime
    if time.time() < installed - _DAY:
        now = datetime.now(UTC).strftime("%Y-%m-%d")
        message, hint = "the clock says {now}, before asnforge was installed", "set the clock"
        yield CLOCK.finding(message, hint=hint, severity="warning", now=now)
    zone = os.environ.get("TZ", "").lstrip(":")
    # Only a name such as Europe/Paris needs a file; other values of TZ are rules, such as CET-1CEST.
    if "/" in zone and not any(Path(folder, zone).is_file() for folder in _ZONES if Path(folder).is_dir()):
        message, hint = "TZ names the time zone {zone:quoted}, which does not exist", "unset TZ, or correct it"
        yield CLOCK.finding(message, hint=hint, severity="warning", zone=zone)


def _output_encoding() -> str:
    stream = sys.__stdout__
    return "utf-8" if stream is None else stream.encoding


def _is_kept(source: str) -> bool:
    """Whether the compiled form of a module is kept, or will be."""
    compiled = Path(importlib.util.cache_from_source(source))
    folder = next(path for path in compiled.parents if path.is_dir())
    return compiled.is_file() or (not sys.dont_write_bytecode and os.access(folder, os.W_OK))
