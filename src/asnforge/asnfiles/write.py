"""Write associations as JSON files: the same bytes for the same association, validated, and never partly written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asnforge.asnfiles import SUFFIX
from asnforge.asnfiles.portable import UNUSABLE_NAME, why_not_portable
from asnforge.associations.conflicts import BREAKS_SCHEMA, OUTSIDE, SAME_FILE
from asnforge.associations.member_paths import PathStyle, with_member_paths
from asnforge.associations.model import Association
from asnforge.atomic import check_writable, refuse_linked_folders, write_atomically
from asnforge.findings import Finding, FindingCode, InputError, wrong_argument
from asnforge.json_schema import is_generated
from asnforge.rules.templates import file_name_key, is_unsafe_path_part
from asnforge.system_errors import writing_reason

UNEXPECTED_FILES = FindingCode(
    "G107",
    "the folder holds association files of another run",
    "They are not changed. A pipeline that processes all files of the folder processes them as well.",
    wrong="asnforge generate first.tsv -o out && asnforge generate second.tsv -o out",
    right="asnforge generate first.tsv -o out1 && asnforge generate second.tsv -o out2",
)
NO_FOLDER = FindingCode(
    "G109",
    "a folder cannot be created",
    "The operating system reports an error; the message gives the reason.",
    wrong="asnforge generate night.tsv -o night.tsv",
    right="asnforge generate night.tsv -o out",
)


@dataclass(frozen=True, slots=True)
class Written:
    """The files of associations after they were written.

    Attributes
    ----------
    paths : tuple of Path
        The files, in the order of the associations.
    unchanged : int
        The number of files that had the same bytes before and were left alone.
    findings : tuple of Finding
        Warnings about other files in the folder.
    """

    paths: tuple[Path, ...]
    unchanged: int
    findings: tuple[Finding, ...] = ()


def encode(association: Association) -> bytes:
    """An association as the bytes of its file (docs/format.md)."""
    import msgspec

    products = [{"name": product.name, "members": product.members} for product in association.products]
    content = {**association.keywords(), "products": products}
    return msgspec.json.format(msgspec.json.encode(content), indent=4) + b"\n"


def encode_all(associations: Iterable[Association], folder: Path) -> Iterator[tuple[Association, bytes]]:
    """Each association with the bytes of its file in a folder; `InputError` if the bytes do not pass the schema."""
    for association in associations:
        data = encode(association)
        if not is_generated(data):
            path = str(folder / association.file_name)
            raise InputError(BREAKS_SCHEMA.finding("the association does not pass the schema", path))
        yield association, data


def write_associations(
    associations: Iterable[Association],
    folder: str | os.PathLike[str],
    on_progress: Callable[[int], None] | None = None,
    *,
    paths: PathStyle = "relative",
) -> Written:
    """Write each association to its file in a folder, which is created if it is missing.

    Parameters
    ----------
    associations : iterable of Association
        The associations.
    folder : path
        The folder of their files.
    on_progress : callable or None
        Called after each file with the number of files so far.
    paths : {"relative", "absolute", "bare"}
        How members whose files are known are written: as the path from the folder to the file, as its absolute path, or as
        the file's name alone.

    Raises
    ------
    InputError
        The folder cannot be written, an association does not pass the schema; or, before anything is written, as for
        `check_names` and `asnforge.atomic.check_writable`.
    """
    if not isinstance(folder, str | os.PathLike):
        raise wrong_argument("folder", folder, "the path of a folder")
    folder = Path(folder)
    associations = with_member_paths(associations, folder, paths)
    check_names(associations, folder)
    make_folder(folder)
    check_writable(folder, [association.file_name for association in associations])
    written, unchanged = [], 0
    for association, data in encode_all(associations, folder):
        written.append(folder / association.file_name)
        unchanged += not write_atomically(written[-1], data)
        if on_progress is not None:
            on_progress(len(written))
    return Written(tuple(written), unchanged)


def unexpected_files(folder: Path, names: Collection[str]) -> tuple[Finding, ...]:
    """A warning if a folder has association files that are not among `names`, such as those of an earlier run."""
    unexpected = sorted(path.name for path in folder.glob(f"*{SUFFIX}") if path.name not in names)
    if not unexpected:
        return ()
    finding = UNEXPECTED_FILES.finding(
        "the folder holds {count:other association file} that this run did not write, {first}"
        + (" among them" if len(unexpected) > 1 else ""),
        str(folder),
        hint="remove what an earlier run left, or choose another folder",
        severity="warning",
        count=len(unexpected),
        first=unexpected[0],
    )
    return (finding,)


def make_folder(folder: Path) -> None:
    """Create a folder and those above it; `InputError` if that is not possible."""
    reason, hint = "a file is in the way", "choose another folder, or move the file"
    try:
        if "\0" in str(folder):  # the error of mkdir differs between versions of Python
            raise OSError(errno.EINVAL, "its name has a NUL character")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if not isinstance(error, FileExistsError | NotADirectoryError):
            reason, hint = writing_reason(error)
        message = "the folder cannot be created: {reason}"
        raise InputError(NO_FOLDER.finding(message, str(folder), hint=hint, reason=reason)) from error


def make_folder_below(folder: Path, output: Path) -> None:
    """Create a folder whose name comes from data, below the output folder; `InputError` if a link would lead out of it."""
    refuse_linked_folders(folder, output)
    make_folder(folder)


def check_inputs(names: Iterable[str], folder: Path, inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Refuse associations that would replace an input file.

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
        With the first association that would replace one of them.
    """
    real = {file_name_key(os.path.realpath(path)): path for path in inputs}
    real_folder = os.path.realpath(folder)
    if not any(path.startswith(file_name_key(real_folder)) for path in real):
        return
    for name in names:
        if (path := real.get(file_name_key(f"{real_folder}/{name}"))) is not None:
            message, hint = "the association would replace {input}, which is read", "choose another folder"
            raise InputError(SAME_FILE.finding(message, str(folder / name), hint=hint, input=os.fspath(path)))


def check_names(associations: Iterable[Association], folder: Path) -> None:
    """Refuse names that cannot be used on every system or lead out of the folder, and two associations with the same file.

    Raises
    ------
    InputError
        With the first such name.
    """
    by_name: dict[str, Association] = {}
    for association in associations:
        if (finding := _name_finding(association, by_name, str(folder))) is not None:
            raise InputError(finding)
        by_name[file_name_key(association.file_name)] = association


def _name_finding(association: Association, by_name: dict[str, Association], folder: str) -> Finding | None:
    """The finding of an association whose names cannot be used, given the associations before it."""
    name, rule, hint = association.file_name, association.asn_rule, "correct file_name in the rule set's keywords"
    if name in ("", ".", "..") or is_unsafe_path_part(name):
        message = "the file of an association of {rule} would be {name:quoted}, outside the folder"
        return OUTSIDE.finding(message, folder, hint=hint, rule=rule, name=name)
    if (reason := why_not_portable(name)) is not None:
        message = "the file of an association of {rule} cannot be called {name:quoted}: {reason}"
        return UNUSABLE_NAME.finding(message, folder, hint=hint, rule=rule, name=name, reason=reason)
    for product in association.products:
        if is_unsafe_path_part(product.name):
            message, product_hint = (
                "a product of {rule} would be {product:quoted}, outside the folder",
                "correct the product template of the rule",
            )
            return OUTSIDE.finding(message, folder, hint=product_hint, rule=rule, product=product.name)
    other = by_name.get(file_name_key(name))
    if other is None:
        return None
    rules = " and ".join(dict.fromkeys((other.asn_rule, rule)))
    message = "two associations of {rules} would both be the file {name}"
    if other.file_name != name:
        message += ", as not every system distinguishes upper and lower case: {other}"
    return SAME_FILE.finding(message, folder, hint=hint, rules=rules, name=name, other=other.file_name)
