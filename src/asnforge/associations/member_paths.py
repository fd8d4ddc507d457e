"""How the names of members lead to their files: from the folder of the association, absolute, or without a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, get_args

from asnforge.associations.model import Association
from asnforge.findings import wrong_argument

PathStyle = Literal["relative", "absolute", "bare"]
"""A member's name is the path from the association's folder to the file, its absolute path, or the file's name alone."""


def with_member_paths(
    associations: Iterable[Association], folder: str | os.PathLike[str], style: PathStyle
) -> tuple[Association, ...]:
    """Associations as they are written to a folder: absolute paths of members become names in the given style, which stay.

    Parameters
    ----------
    associations : iterable of Association
        The associations; those whose members are not paths stay as they are.
    folder : path
        The folder of the association files.
    style : {"relative", "absolute", "bare"}
        How members are written.

    Raises
    ------
    InputError
        There is no such style.
    """
    if style not in get_args(PathStyle):
        raise wrong_argument("paths", style, f"one of {', '.join(get_args(PathStyle))}")
    associations = tuple(associations)
    if not any(association.has_paths for association in associations):
        return associations
    written = _Written(folder, style)
    return tuple(
        replace(
            association,
            products=tuple(
                replace(
                    product,
                    members=tuple(replace(member, expname=written(member.expname)) for member in product.members),
                )
                for product in association.products
            ),
            has_paths=False,
        )
        if association.has_paths
        else association
        for association in associations
    )


def written_path(file: str, style: PathStyle, folder: str) -> str:
    """The name of a member for its file; `folder` is the real path of the folder of the association."""
    match style:
        case "bare":
            return os.path.basename(file)  # noqa: PTH119
        case "absolute":
            return os.path.abspath(file)  # noqa: PTH100
        case "relative":
            above, name = os.path.split(file)
            return os.path.normpath(os.path.join(os.path.relpath(os.path.realpath(above), folder), name))  # noqa: PTH118


class _Written:
    """The names of members for their files, found once for each folder of files."""

    def __init__(self, folder: str | os.PathLike[str], style: PathStyle) -> None:
        self._folder = os.path.realpath(folder)
        self._style = style
        self._above: dict[str, str] = {}

    def __call__(self, expname: str) -> str:
        above, name = os.path.split(expname)
        if self._style != "relative":
            return expname if self._style == "absolute" else name
        if not above:  # a missing file of which nothing else is known
            return expname
        if above not in self._above:
            self._above[above] = os.path.dirname(written_path(expname, self._style, self._folder))  # noqa: PTH120
        return os.path.join(self._above[above], name)  # noqa: PTH118
