"""YAML files as plain values, every scalar text, with the place of each key and value.

YAML's own typing reads ``OFF``, ``N``, ``NULL`` and ``1`` as something else, and these are values in pools: so no scalar is
typed here. Anchors and aliases are refused, as a few lines of them can stand for more than a machine holds, and so is a
nest deeper than any rule needs.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from asnforge.findings import Finding, InputError, SourceLocation
from asnforge.rulefiles.yaml_nodes import Builder, Path_, Step
from asnforge.rules.codes import NOT_YAML, TOO_MUCH, UNREADABLE
from asnforge.system_errors import reading_reason

LARGEST = 100_000
"""The bytes that a rule file can have; the largest that ships has a tenth of it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content and where everything in it stands.

    Attributes
    ----------
    file : str
        The file as the user named it.
    content : object
        Mappings, lists and texts.
    values, keys : mapping of path to (line, column)
        Where the value at a path begins, and the key that it stands under; both from 1.
    """

    file: str
    content: Any
    values: dict[Path_, tuple[int, int]]
    keys: dict[Path_, tuple[int, int]]

    def place(self, *path: Step) -> SourceLocation:
        """Where the value at a path stands; of the nearest thing around it where the path leads nowhere."""
        return self._nearest(self.values, path)

    def key_place(self, *path: Step) -> SourceLocation:
        """Where the key of a path stands."""
        return self._nearest({**self.values, **self.keys}, path) if path in self.keys else self.place(*path)

    def finding(self, code: str, message: str, *path: Step, hint: str = "", key: bool = False) -> Finding:
        """A finding at the place of a path."""
        place = self.key_place(*path) if key else self.place(*path)
        return Finding(code, message, place.file, place.line, place.column, hint)

    def _nearest(self, places: dict[Path_, tuple[int, int]], path: Path_) -> SourceLocation:
        for length in range(len(path), -1, -1):
            if (found := places.get(path[:length])) is not None:
                return SourceLocation(self.file, *found)
        return SourceLocation(self.file, 1, 1)


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises
    ------
    InputError
        The file cannot be read, is invalid YAML, has a duplicate key, or uses what rule files must not.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise InputError(Finding(UNREADABLE.code, "is no file", str(path)))
        if status.st_size > LARGEST:
            raise _too_large(status.st_size, str(path))
        text = path.read_bytes()
    except OSError as error:
        reason, hint = reading_reason(error)
        raise InputError(Finding(UNREADABLE.code, f"cannot be read: {reason}", str(path), hint=hint)) from error
    return parse_document(text, str(path))


def parse_document(text: bytes, file: str) -> Document:
    """Read YAML from bytes; errors as for `read_document`."""
    if len(text) > LARGEST:
        raise _too_large(len(text), file)
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = f"is no text in UTF-8: the byte 0x{text[error.start]:02x}"
        raise InputError(Finding(NOT_YAML.code, message, file, line, column, "save it as UTF-8")) from error
    builder = Builder(file)
    try:
        content = builder.build(decoded)
    except yaml.MarkedYAMLError as error:
        raise InputError(_syntax_finding(error, file)) from error
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        place = _control_character(decoded)
        message = f"invalid YAML: {'a control character' if place else said}"
        raise InputError(Finding(NOT_YAML.code, message, file, *(place or (1, 1)))) from error
    return Document(file, content, builder.values, builder.keys)


def _too_large(size: int, file: str) -> InputError:
    return InputError(Finding(TOO_MUCH.code, f"is {size} bytes long, a rule file at most {LARGEST}", file))


def _control_character(text: str) -> tuple[int, int] | None:
    for number, line in enumerate(text.split("\n"), 1):
        for column, letter in enumerate(line, 1):
            if not letter.isprintable() and letter not in "\t\r":
                return number, column
    return None


def _syntax_finding(error: yaml.MarkedYAMLError, file: str) -> Finding:
    mark: Any = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Finding(NOT_YAML.code, f"invalid YAML: {said}", file, line, column, _syntax_hint(said))


def _syntax_hint(said: str) -> str:
    """What most often mends what the parser said."""
    for sign, hint in _SYNTAX_HINTS.items():
        if sign in said:
            return hint
    return ""


_SYNTAX_HINTS = {
    "cannot start any token": "indent with blanks, not tabs, and quote values that begin with @, %, * or a backtick",
    "mapping values are not allowed": "quote a value that holds a colon and a blank; indent keys alike",
    "flow mapping": "a brace is missing, or a comma",
    "flow sequence": "a bracket is missing, or a comma",
    "unknown escape character": "put it in single quotes, where a backslash stands for itself",
    "block mapping": "indent the keys of one mapping alike",
    "simple key": "a colon is missing, or a quote",
    "quoted scalar": "a quote is missing",
}
