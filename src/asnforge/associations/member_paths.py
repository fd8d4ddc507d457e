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


class _Written:
    """The names under which a pipeline finds files from one folder."""

    def __init__(self, folder: str | os.PathLike[str], style: PathStyle) -> None:
        self._folder = os.path.realpath(folder)
        self._style = style
        self._folders: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        folder, name = os.path.split(path)
        if self._style == "bare":
            return name
        if self._style == "absolute" or not os.path.isabs(path):  # noqa: PTH117 - a missing file may have no path
            return path
        if folder not in self._folders:
            self._folders[folder] = os.path.relpath(os.path.realpath(folder), self._folder)
        return os.path.normpath(os.path.join(self._folders[folder], name))  # noqa: PTH118
