"""The codes of what can go wrong in a batch."""

from __future__ import annotations

from asnforge.findings import FindingCode

TOO_LONG = FindingCode(
    "G303",
    "a pool took too long",
    "A piece of work took longer than --timeout allows and was stopped: a whole pool, or a part of a large one.",
)
WORKER_DIED = FindingCode(
    "G304",
    "a worker died",
    "The process that worked on the pool ended without a word, each time it was tried. Most often the system had no memory "
    "left and killed it: use fewer processes.",
)
SAME_FILES = FindingCode(
    "G305",
    "two pools would make the same files",
    "Both have exposures of the same part, such as a programme, and with this layout their files would have the same names. "
    "The first stays; --layout pool keeps them apart.",
)
LOCKED = FindingCode(
    "G306",
    "another batch writes to the folder",
    "Two batches at once in one folder would overwrite each other's record. Wait for the other, or choose another folder.",
)
BROKEN_MANIFEST = FindingCode(
    "G307",
    "the manifest cannot be read",
    "A line of the manifest is not what a batch wrote. Pools whose lines are lost are done again.",
)
UNEXPECTED = FindingCode(
    "G308",
    "a fault of asnforge itself",
    "Something went wrong that should not. The other pools are not concerned. Please report it.",
)
NO_CLUSTER = FindingCode(
    "G309",
    "the scheduler cannot be used",
    "It does not answer, has no workers, asks for certificates that Dask's configuration does not name, or its workers have "
    "another version of asnforge, so that files could differ. Where it is lost in the middle of a batch, the pools that are "
    "left are not run.",
)
NO_DISTRIBUTED = FindingCode(
    "G310",
    "Dask Distributed is not installed",
    "--scheduler needs it: install asnforge[distributed], here and where the workers run.",
)
NO_FILE = FindingCode(
    "G312",
    "a pool of a batch is no file",
    "A batch reads a pool once for its hash and once for its rows, which a pipe or a device does not allow. Save it to a "
    "file, or use `asnforge generate`, which reads standard input.",
)
NAME_NOT_UTF8 = FindingCode(
    "G315",
    "a pool's name cannot be used in an archive",
    "Names in an archive are UTF-8, so that every system can unpack it. The folder of a pool is called as the pool is, and "
    "the name of this one has bytes that are not UTF-8. Rename it; or choose another layout, where its name is not used.",
)
STAYS = FindingCode(
    "G313",
    "a file of an earlier run stays",
    "The pool no longer makes the file, but it is not certain that it is the one that a batch made: it has changed, is not an "
    "association of this pool, is reached through a link, or the manifest was written by an older version and has no digest "
    "of it. Nothing is done to it.",
)
