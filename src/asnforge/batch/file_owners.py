"""Which pool owns a file name in the output folder: no two pools of a folder may give files of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from asnforge.asnfiles.portable import MANIFEST
from asnforge.batch.tasks import Layout
from asnforge.findings import FindingCode, InputError
from asnforge.rules.templates import file_name_key

SAME_FILES = FindingCode(
    "G305",
    "two pools would give the same files",
    "With this layout, files of both pools would have the same names: the pools have the same name, or exposures of the same "
    "program. Only the first pool is processed; --layout pool gives each pool a folder.",
    wrong="asnforge batch a/night.tsv b/night.tsv -o out",
    right="asnforge batch a/night.tsv b/dawn.tsv -o out",
)


class FileOwners:
    """The pool that owns each name: a folder in the layout ``pool``, else a file.

    Parameters
    ----------
    layout : {"flat", "program", "pool"}
        The folders of files inside the output folder.
    earlier : mapping of str to sequence of str
        The files of existing pools that are not in this batch, by pool.
    """

    def __init__(self, layout: Layout, earlier: Mapping[str, Sequence[str]]) -> None:
        self._layout = layout
        self._earlier = frozenset(earlier)
        self._owners = {file_name_key(MANIFEST): "the manifest"}
        for pool, files in earlier.items():
            names = {name.partition("/")[0] for name in files if "/" in name} if layout == "pool" else files
            for name in names:
                self._owners.setdefault(file_name_key(name), pool)

    def claim(self, pool: str, names: Iterable[str]) -> None:
        """Reserve names for a pool; `InputError` if another pool has one of them."""
        keys = [file_name_key(name) for name in names]
        for key in keys:
            if (owner := self._owners.get(key, pool)) != pool:
                message, hint = "its files would have the same names as those of {owner}", "rename one of them"
                if owner in self._earlier:
                    hint = f"choose another folder, or remove the line of {owner} from {MANIFEST}"
                elif self._layout != "pool":
                    hint = "--layout pool gives each pool a folder"
                raise InputError(SAME_FILES.finding(message, pool, hint=hint, owner=owner))
        self._owners.update(dict.fromkeys(keys, pool))
