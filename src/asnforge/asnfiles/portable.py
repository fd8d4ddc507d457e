"""Which names of files and folders can be used: on every operating system, and without conflicts with files of asnforge."""

from __future__ import annotations

import re

from asnforge.findings import FindingCode
from asnforge.rules.templates import file_name_key

UNUSABLE_NAME = FindingCode(
    "G116",
    "a name cannot be used for a file or a folder",
    "Files and folders are named after pools and programs, and by the rule set's templates. Such a name must not be hidden, "
    "or be that of a file of asnforge itself. The names of files, of folders of programs, and all names in an archive "
    "must also work on every operating system: without characters and device names that Windows reserves, and without a period "
    "or space at the end. Nothing is written for the pool.",
    wrong="keywords:\n  file_name: 'aux.json'",
    right="keywords:\n  file_name: '{program}-{scope}_{asn_type}_{sequence}_asn.json'",
)

MANIFEST = "manifest.jsonl"
"""The file that a batch keeps in its output folder; nothing else has this name."""

LONGEST_NAME = 255
"""Bytes of a name, the limit of most file systems."""

_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\\]')
# Names of devices, with any extension, and also with superscript digits.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL)
# Almost all names: these need only be checked against devices and the manifest.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_+-]*(\.[a-z0-9_+-]+)*")


def why_unusable(name: str) -> str | None:
    """Why a file or folder in an output folder cannot have a name that comes from data; None if it can.

    Such a name leads to another folder, is hidden, or is that of the manifest.
    """
    if name in ("", ".", ".."):
        return "it is not a name"
    if "/" in name or "\0" in name:
        return "it has a '/' or a NUL character"
    if name.startswith("."):
        return "it begins with '.', as hidden files do"
    if file_name_key(name) == MANIFEST:
        return "it is the name of the manifest of batches"
    if len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
        return f"it is longer than {LONGEST_NAME} bytes"
    return None


def why_not_portable(name: str) -> str | None:
    """Why a name cannot be used on every operating system; None if it can.

    An archive may be extracted, and a folder copied, on any of them. Sources: 'Naming Files, Paths, and Namespaces'
    of Windows; APFS and HFS+ of macOS take only valid Unicode.
    """
    is_plain = len(name) <= LONGEST_NAME and _PLAIN.fullmatch(name) is not None and name != MANIFEST
    if not is_plain and (reason := _reason(name)) is not None:
        return reason
    return "it is the name of a device on Windows" if _DEVICES.fullmatch(name) else None


def _reason(name: str) -> str | None:
    if (reason := why_unusable(name)) is not None:
        return reason
    if not name.isprintable():
        return "it has characters that are not printable, or not UTF-8"
    if (character := _NOT_ON_WINDOWS.search(name)) is not None:
        return f"it has '{character[0]}', which Windows does not allow in names"
    if name.endswith((".", " ")):
        return "it ends in a period or a space, which Windows removes"
    return None
