"""An observatory's conventions: how its pools name candidates and files, and what the associations' keywords have."""

from __future__ import annotations

from dataclasses import dataclass

from asnforge.rules.file_names import FileNames


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where a pool names candidates, and the scope over the whole pool (docs/grouping.md#scopes).

    Attributes
    ----------
    column : str or None
        The column that lists an exposure's candidates; None where the observatory has none.
    id : str
        A regular expression for the whole of a candidate's id.
    discovered_id, discovered_type : str
        The id and type of the scope over the whole pool.
    """

    column: str | None
    id: str
    discovered_id: str
    discovered_type: str


@dataclass(frozen=True, slots=True)
class Members:
    """How an exposure becomes a member (docs/grouping.md#names).

    Attributes
    ----------
    file_name : str
        The column with the exposure's file name.
    parts : NameEnding or NamePattern
        The file names that are changed, and the parts that they have; any other name is kept as it is.
    name : str
        The template of the member's file name: parts of the exposure's file name and derived columns in braces.
    exposerr : str or None
        The column with the observatory's note of an error; None where it makes none.
    exptype : str
        The derived column with the exposure's type.
    """

    file_name: str
    parts: FileNames
    name: str
    exposerr: str | None
    exptype: str


@dataclass(frozen=True, slots=True)
class Keywords:
    """Templates of the association's own keywords, and the texts of ``degraded_status``."""

    file_name: str
    program: str
    target: str
    not_degraded: str
    degraded: str
