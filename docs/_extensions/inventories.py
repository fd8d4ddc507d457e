"""Inventories of other sites for links to their pages, from text files, so that the site is built without a network.

A file ``NAME.txt`` begins with the address of the site; each further line is an entry as in ``objects.inv``: name, domain and
role, priority, address and title.
"""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path


def write_inventories(folder: Path) -> dict[str, tuple[str, str]]:
    """The value of ``intersphinx_mapping`` for the text files in a folder."""
    written = Path(tempfile.mkdtemp(prefix="asnforge-inventories-"))
    mapping = {}
    for path in sorted(folder.glob("*.txt")):
        address, *entries = path.read_text("utf-8").splitlines()
        head = f"# Sphinx inventory version 2\n# Project: {path.stem}\n# Version: \n# The remainder is compressed with zlib.\n"
        inventory = written / f"{path.stem}.inv"
        inventory.write_bytes(head.encode() + zlib.compress("".join(f"{entry}\n" for entry in entries).encode()))
        mapping[path.stem] = (address, str(inventory))
    return mapping
