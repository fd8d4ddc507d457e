"""Association files in folders: those with the usual name, and others that hold an association."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from asnforge.asnfiles.codes import UNREADABLE
from asnforge.asnfiles.read import read_bytes
from asnforge.asnfiles.schema import association_schema
from asnforge.findings import Finding, InputError, pluralize, truncated
from asnforge.system_errors import reading_reason

ENDING = "_asn.json"
"""The end of the names of association files, by convention of the field."""

_OTHER_ENDINGS = (".json", ".asn")
_NAMED_ASN = re.compile(r"(?<![a-z])asn")
_MOST_NAMES = 3
_JSON_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """What a folder and those below it hold.

    Attributes
    ----------
    files : list of (str, str)
        Each association file's path with its folder inside the folder, ``.`` for itself, in order of their names.
    skipped : list of str
        The paths of other JSON files, which do not hold an association.
    findings : list of Finding
        The folders that the system refuses, and what has the name of an association file and is not a regular file, such as
        a pipe, on which reading would wait without end.
    """

    files: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The association files that the user's arguments name.

    Attributes
    ----------
    files : tuple of str
        The files that were named, and those of each folder that was named.
    skipped : tuple of str
        JSON files of these folders that do not hold an association.
    findings : tuple of Finding
        One for each folder without an association file or that cannot be read.
    """

    files: tuple[str, ...]
    skipped: tuple[str, ...]
    findings: tuple[Finding, ...]


def is_folder(path: str) -> bool:
    """Whether the user named a folder; an empty string names none."""
    return os.path.isdir(path)  # noqa: PTH112  that of a path raises where the system refuses the name


def files_below(folder: str) -> FolderFiles:
    """The association files in a folder and in those below it.

    They are all files ``*_asn.json``, which are not opened here, and other files ``*.json`` and ``*.asn`` that hold an
    association: an object with keywords of one, or JSON with a syntax error that has such a name or such keywords.
    """
    found = FolderFiles()
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        folders.sort()
        inside = Path(root).relative_to(folder).as_posix()
        for name in sorted(names):
            lower = name.lower()
            if not lower.endswith(_OTHER_ENDINGS):
                continue
            path = f"{root.rstrip('/')}/{name}"
            if lower.endswith(ENDING):
                if _is_irregular(path):
                    found.findings.append(Finding(UNREADABLE.code, "is not a regular file", path))
                else:
                    found.files.append((path, inside))
            elif _holds_association(path, lower):
                found.files.append((path, inside))
            else:
                found.skipped.append(path)
    found.findings.extend(_unreadable(error) for error in refused)
    return found


def _unreadable(error: OSError) -> Finding:
    reason, hint = reading_reason(error)
    return Finding(UNREADABLE.code, f"the folder cannot be read: {reason}", str(error.filename), hint=hint)


def association_files(paths: Iterable[str]) -> NamedFiles:
    """The files that the user named, and of each folder that was named the files that `files_below` finds."""
    files: list[str] = []
    skipped: list[str] = []
    findings: list[Finding] = []
    for path in paths:
        if not is_folder(path):
            files.append(path)
            continue
        inside = files_below(path)
        files += [file for file, _ in inside.files]
        skipped += inside.skipped
        findings += inside.findings
        if not inside.files and not inside.findings:
            findings.append(Finding(UNREADABLE.code, "has no association file, in no folder below it either", path))
    return NamedFiles(tuple(files), tuple(skipped), tuple(findings))


def describe_skipped(skipped: Sequence[str]) -> str:
    """A sentence that says how many files were skipped, with the names of the first."""
    names = ", ".join(truncated(path) for path in skipped[:_MOST_NAMES])
    more = f" and {len(skipped) - _MOST_NAMES} more" if len(skipped) > _MOST_NAMES else ""
    holds = "does" if len(skipped) == 1 else "do"
    return f"{pluralize(len(skipped), 'JSON file')} skipped, which {holds} not hold an association: {names}{more}"


def _is_irregular(path: str) -> bool:
    """Whether there is something other than a regular file; a file that is not there is reported when it is read."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116  a folder may have very many files
    except OSError:
        return False


def _holds_association(path: str, name: str) -> bool:
    """Whether a file whose name does not say so holds an association, or was meant to; `name` is in lower case."""
    named = bool(_NAMED_ASN.search(name.removesuffix(".asn")))
    if _is_irregular(path):
        return False
    try:
        data = _as_utf8(read_bytes(path))
    except InputError:
        return named
    try:
        content = _JSON_OBJECT.decode(data)
    except msgspec.ValidationError:  # JSON, but not an object
        return False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return named or (data.lstrip().startswith(b"{") and (name.endswith(".asn") or _mentions_association(data)))
    keys = {key.lower() for key in content}
    if any(key.startswith("asn_") for key in keys & association_schema()["properties"].keys()):
        return True
    return "products" in keys and b'"members"' in data


def _as_utf8(data: bytes) -> bytes:
    """A file's bytes without a byte order mark. Files in UTF-16, which some systems write, are found to be reported."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def _mentions_association(data: bytes) -> bool:
    """Whether keywords of an association are there, in single quotes as well, which JSON does not have."""
    data = data.replace(b"'", b'"')
    return b'"asn_' in data or (b'"products"' in data and b'"members"' in data)
