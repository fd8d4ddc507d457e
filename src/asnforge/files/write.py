"""Associations to JSON files: the same bytes for the same association, checked, and whole or not there at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asnforge.associations.model import Association
from asnforge.files.atomic import write_atomically
from asnforge.files.schema import check_generated
from asnforge.findings import CannotContinue, Finding
from asnforge.grouping import codes

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
    strangers : tuple of str
        Names of other association files in the folder, which this run did not make.
    """

    paths: tuple[Path, ...]
    unchanged: int
    strangers: tuple[str, ...]


def encode(association: Association) -> bytes:
    """An association as the text of its file (techspecs, 'Example Association')."""
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


def write_associations(associations: Iterable[Association], folder: Path) -> Written:
    """Write each association to its file in a folder, which is made where it is missing.

    Raises
    ------
    CannotContinue
        The folder cannot be written, a file's name would leave it, or an association does not pass the schema.
    """
    make_folder(folder)
    paths, unchanged = [], 0
    for association in associations:
        path = folder / _checked_name(association, folder)
        data = encode(association)
        if not check_generated(data):
            raise CannotContinue(
                Finding(codes.BREAKS_SCHEMA.code, "the association does not pass the schema", str(path))
            )
        unchanged += not write_atomically(path, data)
        paths.append(path)
    names = {path.name for path in paths}
    strangers = sorted(path.name for path in folder.glob(f"*{SUFFIX}") if path.name not in names)
    return Written(tuple(paths), unchanged, tuple(strangers))


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; `CannotContinue` where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder cannot be made: {error.strerror or error}"
        raise CannotContinue(Finding(codes.NO_FOLDER.code, message, str(folder))) from error


def _checked_name(association: Association, folder: Path) -> str:
    name = association.file_name
    if Path(name).name != name or "\\" in name or "\0" in name:
        message = f"the file of an association of {association.asn_rule} would be {name!r}, outside the folder"
        raise CannotContinue(
            Finding(codes.OUTSIDE.code, message, str(folder), hint="mend keywords file_name of the rule set")
        )
    return name
