"""Find association files in folders: those with the usual name, and others that contain an association."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from asnforge.asnfiles.read_text import UNREADABLE, read_bytes
from asnforge.associations import SUFFIX
from asnforge.findings import Finding, InputError, pluralize, truncated
from asnforge.json_schema import schema
from asnforge.system_errors import reading_reason

_SUFFIXES = (".json", ".asn")
_NAMED_ASN = re.compile(r"(?<![a-z])asn")
_MOST_NAMES = 3
_JSON_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """The files in a folder and below.

    Attributes
    ----------
    files : list of (str, str)
        The path of each association file, and its folder relative to the searched one, in the order of names.
    skipped : list of str
        The paths of other JSON files, which do not contain an association.
    findings : list of Finding
        One for each folder that cannot be read, and for each pipe or other special file with the name of an association file,
        from which reading could block forever.
    """

    files: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The association files that the user named.

    Attributes
    ----------
    files : tuple of str
        The named files, and those of each named folder.
    skipped : tuple of str
        JSON files in these folders that do not contain an association.
    findings : tuple of Finding
        One for each folder that has no association files or cannot be read.
    """

    files: tuple[str, ...]
    skipped: tuple[str, ...]
    findings: tuple[Finding, ...]


def is_folder(path: str) -> bool:
    """Whether a path leads to a folder; an empty path does not."""
    return os.path.isdir(path)  # noqa: PTH112  Path.is_dir raises if the system refuses the name


def files_below(folder: str) -> FolderFiles:
    """The association files in a folder and below.

    They are all files ``*_asn.json``, which are not opened here, and other files ``*.json`` and ``*.asn`` that contain an
    association: an object with keywords of one, or invalid JSON that has such a name or such keywords.
    """
    result = FolderFiles()
    errors: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=errors.append):
        folders.sort()
        relative = Path(root).relative_to(folder).as_posix()
        for name in sorted(names):
            lower = name.lower()
            if not lower.endswith(_SUFFIXES):
                continue
            path = f"{root.rstrip('/')}/{name}"
            if not lower.endswith(SUFFIX) and not _contains_association(path, lower):
                result.skipped.append(path)
            elif _is_irregular(path):
                result.findings.append(UNREADABLE.finding("is not a regular file", path))
            else:
                result.files.append((path, relative))
    for error in errors:
        reason, hint = reading_reason(error)
        message = "the folder cannot be read: {reason}"
        result.findings.append(UNREADABLE.finding(message, str(error.filename), hint=hint, reason=reason))
    return result


def association_files(paths: Iterable[str]) -> NamedFiles:
    """The named files, and those of each named folder, as `files_below` finds them."""
    files: list[str] = []
    skipped: list[str] = []
    findings: list[Finding] = []
    for path in paths:
        if not is_folder(path):
            files.append(path)
            continue
        below = files_below(path)
        files += [file for file, _ in below.files]
        skipped += below.skipped
        findings += below.findings
        if not below.files and not below.findings:
            findings.append(UNREADABLE.finding("contains no association files, not even in its subfolders", path))
    return NamedFiles(tuple(files), tuple(skipped), tuple(findings))


def describe_skipped(skipped: Sequence[str]) -> str:
    """A sentence with the number of skipped files and the names of the first."""
    names = ", ".join(truncated(path) for path in skipped[:_MOST_NAMES])
    more = f" and {len(skipped) - _MOST_NAMES} more" if len(skipped) > _MOST_NAMES else ""
    return f"{pluralize(len(skipped), 'JSON file')} without an association skipped: {names}{more}"


def _is_irregular(path: str) -> bool:
    """Whether a path is not that of a regular file; a missing file is reported when it is read."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116  a folder may have very many files
    except OSError:
        return False


def _contains_association(path: str, name: str) -> bool:
    """Whether a file without the usual name contains an association, or was intended to; `name` is in lower case."""
    has_asn_name = bool(_NAMED_ASN.search(name.removesuffix(".asn")))
    if _is_irregular(path):
        return False
    try:
        data = _as_utf8(read_bytes(path))
    except InputError:
        return has_asn_name
    try:
        content = _JSON_OBJECT.decode(data)
    except msgspec.ValidationError:  # JSON, but not an object
        return False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return has_asn_name or (
            data.lstrip().startswith(b"{") and (name.endswith(".asn") or _mentions_association(data))
        )
    keys = {key.lower() for key in content}
    if any(key.startswith("asn_") for key in keys & schema("association")["properties"].keys()):
        return True
    return "products" in keys and b'"members"' in data


def _as_utf8(data: bytes) -> bytes:
    """The bytes without a byte order mark; UTF-16, which some systems write, is converted, so that it is found and reported."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def _mentions_association(data: bytes) -> bool:
    """Whether keywords of an association occur, also in single quotes, which JSON does not have."""
    data = data.replace(b"'", b'"')
    return b'"asn_' in data or (b'"products"' in data and b'"members"' in data)
