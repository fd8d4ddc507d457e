"""Rule sets that were read before, kept in the user's cache folder: reading their files takes longer than reading a small pool.

An entry lists what the rule set was read from, as questions such as which files a folder has and what is in them. It is used if
all answers are still the same, for the same version of asnforge and of Python. An entry that is damaged, belongs to another
user or cannot be read is ignored: the files are read.

An entry is a pickle whose classes are restricted to the values of rule sets, so that reading it runs no other code
(docs/decisions/0029-rule-sets-are-cached.md).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from asnforge.findings import InputError
from asnforge.rulefiles.shipped import default_ruleset, named_ruleset, split_files
from asnforge.rules.ruleset import Ruleset
from asnforge.user_cache import cache_folder, can_write, is_off
from asnforge.version import __version__

Question = tuple[str, ...]
"""What reading a rule set asks the system: ``("default",)``, ``("files", path)``, ``("named", folder, name)`` or
``("content", file)``."""

SUFFIX = ".ruleset"
"""The suffix of the names of entries."""

MOST_ENTRIES = 100
"""The number of entries that are kept; the oldest are removed."""

_PACKAGE = Path(__file__).resolve().parents[1]
_SOURCES = ("", "findings", "rulefiles", "rules", "schemas")
"""The folders of the package with the code that makes a rule set."""
_LARGEST = 16 << 20
"""The largest size in bytes of a file that is read."""
_DIGEST_SIZE = sha256().digest_size
_NUMBERS = {("decimal", "Decimal"), ("fractions", "Fraction")}


def rulesets_folder() -> Path:
    """The folder of the entries, which may not exist."""
    return cache_folder() / "rulesets"


@dataclass(frozen=True, slots=True)
class RulesetCacheState:
    """The cache of rule sets.

    Attributes
    ----------
    folder : str
        Its folder, which may not exist yet.
    size : int
        The size of all entries in bytes.
    rulesets : int
        The number of entries.
    problem : str
        Why it cannot be used; empty if it can, or if caches are off.
    """

    folder: str
    size: int
    rulesets: int
    problem: str = ""


def ruleset_cache_state() -> RulesetCacheState:
    """The state of the cache; nothing is changed."""
    folder = rulesets_folder()
    try:
        sizes = [path.stat().st_size for path in folder.glob(f"*{SUFFIX}")]
    except OSError:
        sizes = []
    problem = "" if is_off() or can_write(folder) else "the folder cannot be written"
    return RulesetCacheState(str(folder), sum(sizes), len(sizes), problem)


class RulesetInputs:
    """What a rule set is read from: each question, and the answer before its files were read."""

    def __init__(self) -> None:
        self._answers: dict[Question, bytes | None] = {}

    def ask(self, *question: str) -> None:
        """Record a question; call this before what it asks about is read."""
        self._answers.setdefault(question, _answer(question))

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, in their order."""
        return tuple(self._answers)

    def digest(self) -> bytes:
        """A digest of all answers."""
        return _digest(self._answers.values())


@dataclass(frozen=True, slots=True)
class RulesetEntry:
    """The place of a rule set in the cache.

    Attributes
    ----------
    file : Path
        The file, which may not exist.
    stamp : bytes
        A digest of the versions of everything that makes a rule set from its files.
    """

    file: Path
    stamp: bytes

    def read(self) -> Ruleset | None:
        """The rule set; None if it is not in the cache, or if anything that it was read from has changed."""
        try:
            data = _read_own(self.file)
            if data is None or sha256(data[_DIGEST_SIZE:]).digest() != data[:_DIGEST_SIZE]:
                return None
            stream = io.BytesIO(data)
            stream.seek(_DIGEST_SIZE)
            stamp, questions, digest = _ValuesOnly(stream).load()
            if stamp != self.stamp or digest != _digest(map(_answer, questions)):
                return None
            ruleset = _ValuesOnly(stream).load()
        except Exception:  # a damaged or foreign pickle can raise any exception
            return None
        return ruleset if isinstance(ruleset, Ruleset) else None

    def keep(self, ruleset: Ruleset, inputs: RulesetInputs) -> None:
        """Keep a rule set, unless its files were changed while they were read; without an error if that is impossible."""
        from asnforge.atomic import create_file, remove_abandoned, temporary_name

        digest = inputs.digest()
        if None in map(_answer, inputs.questions) or digest != _digest(map(_answer, inputs.questions)):
            return
        ruleset.columns_needed()  # kept as well, so that it is computed only once
        header = pickle.dumps((self.stamp, inputs.questions, digest), protocol=5)
        data = header + pickle.dumps(ruleset, protocol=5)
        folder = self.file.parent
        temporary = folder / temporary_name()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            create_file(str(temporary), sha256(data).digest() + data, 0o600)
            temporary.replace(self.file)
            _remove_oldest(folder)
            remove_abandoned(str(folder))
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def find_entry(paths: Sequence[str | Path], *, default: bool) -> RulesetEntry | None:
    """The entry of the rule set that is read from paths; None if nothing is kept.

    Parameters
    ----------
    paths : sequence of str or Path
        Folders and files as for `asnforge.rulefiles.load.read_ruleset`.
    default : bool
        Whether the default rule set is the first of them if none has a ``ruleset.yaml``.
    """
    if is_off():
        return None
    try:
        named = tuple(str(path) for path in paths)
        folder = "" if all(map(os.path.isabs, named)) else os.getcwd()  # noqa: PTH109
        key = repr((folder, named, default, str(_PACKAGE), sys.implementation.cache_tag))
        file = rulesets_folder() / f"{sha256(key.encode()).hexdigest()[:32]}{SUFFIX}"
        versions = repr((__version__, sys.version, *_state_of_code()))
        return RulesetEntry(file, sha256(versions.encode()).digest())
    except (OSError, RuntimeError):  # no code in files, or no home folder
        return None


def _state_of_code() -> Iterator[tuple[str, int, int]]:
    """The names, sizes and times of the files that make rule sets: a checkout changes without a change of the version."""
    for name in _SOURCES:
        with os.scandir(_PACKAGE / name) as entries:
            files = [entry for entry in entries if entry.name.endswith((".py", ".json"))]
        for entry in sorted(files, key=lambda entry: entry.name):
            status = entry.stat()
            yield f"{name}/{entry.name}", status.st_size, status.st_mtime_ns


def _read_own(file: Path) -> bytes | None:
    """The content of a regular file that only this user can write; None for any other file."""
    try:
        status = os.lstat(file)
    except OSError:
        return None
    is_own = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return _read(file, status) if is_own else None


def _read(file: Path, status: os.stat_result) -> bytes | None:
    """The content of a regular file of a usual size; None for any other file, which may never end."""
    if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
        return None
    with open(file, "rb") as stream:  # noqa: PTH123 - half the time of Path.read_bytes
        return stream.read(_LARGEST)


class _ValuesOnly(pickle.Unpickler):
    """Reads values of rule sets, and rejects every other class and every function."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _NUMBERS:
            return getattr(importlib.import_module(module), name)
        if module.startswith("asnforge.rules.") or module == "asnforge.findings.model":
            value = getattr(importlib.import_module(module), name, None)
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == module:
                return value
        raise pickle.UnpicklingError(f"{module}.{name} is not a value of rule sets")


def _answer(question: Question) -> bytes | None:
    """What the system answers to a question, in few bytes; None for an error."""
    kind, *arguments = question
    try:
        if kind == "default":
            return os.fsencode(default_ruleset())
        if kind == "named":
            return os.fsencode(named_ruleset(Path(arguments[0]), arguments[1]) or "")
        if kind == "content":
            return _content(Path(arguments[0]))
        shared, rules = split_files(Path(arguments[0]))
        files = (*shared, *rules)
        contents = [*map(_content, files)]
        if None in contents:
            return None
        return _digest([b"%d" % len(shared), *(os.fsencode(file) for file in files), *contents])
    except (OSError, ValueError, InputError):
        return None


def _content(file: Path) -> bytes | None:
    data = _read(file, file.stat())
    return None if data is None else sha256(data).digest()


def _digest(parts: Iterable[bytes | None]) -> bytes:
    digest = sha256()
    for part in parts:
        digest.update(b"-" if part is None else b"%d:" % len(part) + part)
    return digest.digest()


def _remove_oldest(folder: Path) -> None:
    with os.scandir(folder) as entries:
        found = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.name.endswith(SUFFIX)]
    for _, path in sorted(found)[:-MOST_ENTRIES]:
        os.unlink(path)  # noqa: PTH108
