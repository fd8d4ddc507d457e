"""Files that a pool no longer makes: removed where it is certain that an earlier batch made them for this pool."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path

from asnforge.asnfiles.read_text import read_bytes
from asnforge.atomic import refuse_linked_folders
from asnforge.batch import codes
from asnforge.batch.manifest import Record
from asnforge.batch.tasks import content_digest
from asnforge.findings import Finding, InputError, pluralize
from asnforge.pool.open import pool_name


def remove_stale(record: Record, names: Collection[str], output: Path) -> tuple[Finding, ...]:
    """Remove files of a record, unless something else may have been put in their place.

    The manifest is a file like any other, and anybody who can write to the folder may have changed it. So a file is removed
    only where it is an association of the record's pool, has the content that the record has a digest of, and is below the
    output folder without a link in between.

    Parameters
    ----------
    record : Record
        What the manifest says of the earlier run.
    names : collection of str
        The files to remove, of those that the record lists.
    output : Path
        The output folder.

    Returns
    -------
    tuple of Finding
        A warning where files stay.
    """
    digests = record.digest_by_name()
    staying = [name for name in sorted(names) if not _removed(name, digests.get(name, ""), record.pool, output)]
    if not staying:
        return ()
    among = " among them" if len(staying) > 1 else ""
    message = (
        f"the manifest lists {pluralize(len(staying), 'file')} of an earlier run that may not be the pool's own any more and "
        f"{'stay' if len(staying) > 1 else 'stays'}, {staying[0]}{among}"
    )
    hint = "remove what is not needed"
    return (Finding(codes.STAYS.code, message, record.pool, hint=hint, severity="warning"),)


def _removed(name: str, digest: str, pool: str, output: Path) -> bool:
    """Whether the file is not there, or not any more."""
    path = output / name
    try:
        refuse_linked_folders(path.parent, output)
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or not digest:
            return False
        data = read_bytes(str(path))
        if content_digest(data) != digest or _asn_pool(data) != pool_name(pool):
            return False
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError, InputError):
        return False
    return True


def _asn_pool(data: bytes) -> object:
    """The pool that an association file names; None where it is not an association file."""
    import msgspec

    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    is_association = isinstance(content, dict) and {"asn_rule", "asn_type", "products"} <= content.keys()
    return content.get("asn_pool") if is_association else None
