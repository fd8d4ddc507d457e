"""Associations to JSON files: the same bytes for the same association, checked, and whole or not there at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from asnforge.asnfiles.portable import not_portable
from asnforge.asnfiles.schema import check_generated
from asnforge.associations.conflicts import BREAKS_SCHEMA, OUTSIDE, SAME_FILE
from asnforge.associations.model import Association
from asnforge.atomic import check_writable, refuse_linked_folders, write_atomically
from asnforge.findings import Finding, InputError, pluralize, quoted
from asnforge.grouping import codes
from asnforge.rules.templates import file_name_key, is_unsafe_path_part
from asnforge.system_errors import writing_reason

SUFFIX = "_asn.json"
"""How the names of association files end, by convention of the field."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes
    ----------
    paths : tuple of Path
        The files, in the order of the associations.
    unchanged : int
        How many of them held the same bytes before and were left alone.
    """

    paths: tuple[Path, ...]
    unchanged: int


def encode(association: Association) -> bytes:
    """An association as the text of its file (docs/format.md)."""
    import msgspec

    content = {
        "asn_type": association.asn_type,
        "asn_rule": association.asn_rule,
        "version_id": association.version_id,
        "code_version": association.code_version,
        "degraded_status": association.degraded_status,
        "program": association.program,
        "constraints": association.constraints,
        "asn_id": association.asn_id,
        "asn_pool": association.asn_pool,
        "target": association.target,
        "products": association.products,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=4) + b"\n"


def write_associations(
    associations: Iterable[Association], folder: str | os.PathLike[str], told: Callable[[int], None] | None = None
) -> Written:
    """Write each association to its file in a folder, which is made where it is missing.

    Parameters
    ----------
    associations : iterable of Association
        The associations.
    folder : path
        Where their files go.
    told : callable or None
        Told of each file that is there, by their count so far.

    Raises
    ------
    InputError
        The folder cannot be written, an association does not pass the schema; or, before anything is written, as for
        `check_names` and `asnforge.atomic.check_writable`.
    """
    associations, folder = tuple(associations), Path(folder)
    check_names(associations, folder)
    make_folder(folder)
    check_writable(folder, [association.file_name for association in associations])
    paths, unchanged = [], 0
    for association in associations:
        path = folder / association.file_name
        data = encode(association)
        if not check_generated(data):
            raise InputError(Finding(BREAKS_SCHEMA.code, "the association does not pass the schema", str(path)))
        unchanged += not write_atomically(path, data)
        paths.append(path)
        if told is not None:
            told(len(paths))
    return Written(tuple(paths), unchanged)


def unexpected_files(folder: Path, names: Collection[str]) -> tuple[Finding, ...]:
    """A warning where a folder holds association files besides those of some names, such as files of an earlier run."""
    found = sorted(path.name for path in folder.glob(f"*{SUFFIX}") if path.name not in names)
    if not found:
        return ()
    among = " among them" if len(found) > 1 else ""
    others = pluralize(len(found), "other association file")
    message = f"the folder holds {others} that this run did not make, {found[0]}{among}"
    hint = "remove what an earlier run left, or choose another folder"
    return (Finding(codes.STRANGERS.code, message, str(folder), hint=hint, severity="warning"),)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; `InputError` where that is not possible."""
    try:
        if "\0" in str(folder):  # what mkdir says of it differs between versions of Python
            raise OSError(errno.EINVAL, "its name has a NUL character")
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        message, hint = "the folder cannot be made: a file is in the way", "choose another folder, or move the file"
        raise InputError(Finding(codes.NO_FOLDER.code, message, str(folder), hint=hint)) from error
    except OSError as error:
        reason, hint = writing_reason(error)
        message = f"the folder cannot be made: {reason}"
        raise InputError(Finding(codes.NO_FOLDER.code, message, str(folder), hint=hint)) from error


def check_inputs(names: Iterable[str], folder: Path, inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Refuse associations that would replace a file that is read.

    Parameters
    ----------
    names : iterable of str
        The association files, below `folder`.
    folder : Path
        The output folder.
    inputs : iterable of path
        Pools and rule files.

    Raises
    ------
    InputError
        With the first association that has the place of one of them.
    """
    real = {file_name_key(os.path.realpath(path)): path for path in inputs}
    where = os.path.realpath(folder)
    if not any(path.startswith(file_name_key(where)) for path in real):
        return
    for name in names:
        if (path := real.get(file_name_key(f"{where}/{name}"))) is not None:
            message, hint = f"the association would replace {os.fspath(path)}, which is read", "choose another folder"
            raise InputError(Finding(SAME_FILE.code, message, str(folder / name), hint=hint))


def make_folder_below(folder: Path, output: Path) -> None:
    """Make a folder that data name below the output folder; `InputError` where a link would lead out of it."""
    refuse_linked_folders(folder, output)
    make_folder(folder)


def check_names(associations: Iterable[Association], folder: Path) -> None:
    """Refuse names that cannot be used on every system or lead out of the folder, and one file of two associations.

    Raises
    ------
    InputError
        With the first name of either kind.
    """
    hint = "correct file_name of the rule set's keywords"
    named: dict[str, Association] = {}
    for association in associations:
        name = association.file_name
        if name in ("", ".", "..") or is_unsafe_path_part(name):
            message = f"the file of an association of {association.asn_rule} would be {name!r}, outside the folder"
            raise InputError(Finding(OUTSIDE.code, message, str(folder), hint=hint))
        if (reason := not_portable(name)) is not None:
            message = f"the file of an association of {association.asn_rule} cannot be called {quoted(name)}: {reason}"
            raise InputError(Finding(codes.UNUSABLE_NAME.code, message, str(folder), hint=hint))
        for product in association.products:
            if is_unsafe_path_part(product.name):
                message = f"a product of {association.asn_rule} would be {product.name!r}, outside the folder"
                raise InputError(Finding(OUTSIDE.code, message, str(folder), hint="correct product of the rule"))
        key = file_name_key(name)
        if key in named:
            rules = " and ".join(dict.fromkeys((named[key].asn_rule, association.asn_rule)))
            message = f"two associations of {rules} would both be the file {name}"
            if named[key].file_name != name:
                message += f", as letter case does not count on every system: {named[key].file_name}"
            raise InputError(Finding(SAME_FILE.code, message, str(folder), hint=hint))
        named[key] = association
