"""Taking the actual associations of an entry as the expected ones."""

from __future__ import annotations

from pathlib import Path

from asnforge.atomic import write_atomically
from asnforge.comparing.compact import ENDINGS, write_compact
from asnforge.comparing.load import from_associations
from asnforge.files.search import ENDING
from asnforge.files.write import make_folder, write_associations
from asnforge.findings import CannotContinue
from asnforge.regression.run import Outcome
from asnforge.system_errors import cannot_write


def accept(outcome: Outcome) -> int:
    """Write the actual associations of an entry where its expected ones are.

    In a folder, association files of the expected ones that were not generated are removed; other files stay.

    Parameters
    ----------
    outcome : Outcome
        Of an entry whose associations could be generated.

    Returns
    -------
    int
        How many associations are expected now.

    Raises
    ------
    CannotContinue
        The file or folder cannot be written.
    """
    expected = Path(outcome.entry.expected)
    if expected.name.endswith(ENDINGS):
        make_folder(expected.parent)
        write_atomically(expected, write_compact(from_associations(outcome.associations)))
        return len(outcome.associations)
    written = {path.name for path in write_associations(outcome.associations, expected).paths}
    for path in sorted(expected.rglob(f"*{ENDING}")):
        if path.parent != expected or path.name not in written:
            try:
                path.unlink()
            except OSError as error:
                raise CannotContinue(cannot_write(str(path), error)) from error
    return len(outcome.associations)
