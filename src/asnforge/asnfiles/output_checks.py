"""What is checked before associations are written: the names of their files, and what has these names already."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from asnforge.asnfiles.portable import UNUSABLE_NAME, why_not_portable
from asnforge.associations import SUFFIX
from asnforge.associations.conflicts import OUTSIDE, SAME_FILE
from asnforge.associations.model import Association
from asnforge.atomic import check_writable, refuse_linked_folders
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.rules.templates import file_name_key, is_unsafe_path_part

UNEXPECTED_FILES = FindingCode(
    "G107",
    "the folder holds association files of another run",
    "They are not changed. A pipeline that processes all files of the folder processes them as well.",
    wrong="asnforge generate first.tsv -o out && asnforge generate second.tsv -o out",
    right="asnforge generate first.tsv -o out1 && asnforge generate second.tsv -o out2",
)


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


def check_replaced(names: Sequence[str], output: Path, inputs: Iterable[str | os.PathLike[str]] = ()) -> None:
    """Refuse association files that would replace an input file, a link or anything but a regular file.

    Parameters
    ----------
    names : sequence of str
        The paths of the files below `output`, with ``/``.
    output : Path
        The output folder. It does not have to exist.
    inputs : iterable of path
        Pools and rule files.

    Raises
    ------
    InputError
        With the first file that would replace one of them, or be below a link.
    """
    _refuse_inputs(names, output, inputs)
    by_folder: dict[str, list[str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        by_folder.setdefault(folder, []).append(file)
    for folder, files in by_folder.items():
        refuse_linked_folders(output / folder, output)
        if os.path.isdir(output / folder):  # noqa: PTH112  Path.is_dir raises if the system refuses the name
            check_writable(output / folder, files)


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


def _refuse_inputs(names: Iterable[str], folder: Path, inputs: Iterable[str | os.PathLike[str]]) -> None:
    here = os.getcwd()  # noqa: PTH109
    real = {_real_key(os.fspath(path), here): path for path in inputs}
    real_folder = os.path.realpath(folder)
    key = file_name_key(real_folder)
    if not any(path.startswith(key) for path in real):
        return
    for name in names:
        if (path := real.get(file_name_key(f"{real_folder}/{name}"))) is not None:
            message, hint = "the association would replace {input}, which is read", "choose another folder"
            raise InputError(SAME_FILE.finding(message, str(folder / name), hint=hint, input=os.fspath(path)))


@lru_cache(maxsize=4096)
def _real_key(path: str, here: str) -> str:
    """The key of the file that a path leads to from a folder; all pools of a batch have the same rule files."""
    return file_name_key(os.path.realpath(os.path.join(here, path)))  # noqa: PTH118


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
