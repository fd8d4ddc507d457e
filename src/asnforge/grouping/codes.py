"""The codes of what can be wrong when associations are generated."""

from __future__ import annotations

from asnforge.findings import FindingCode

STRANGERS = FindingCode(
    "G107",
    "the folder holds association files of another run",
    "They stay as they are; a pipeline that takes all files of the folder takes them, too.",
)
NO_FOLDER = FindingCode("G109", "a folder cannot be made", "The system refuses it; its reason is in the message.")
SHARED_FOLDER = FindingCode(
    "G111",
    "two pools would share a folder",
    "Each of several pools has a folder named after it, and these have the same name.",
)
OVER_POOL = FindingCode(
    "G114",
    "orphans would replace another file",
    "--save-orphans names a pool or a rule file that is read, an association file, or the manifest of batches, by its name or "
    "through a link. That file would be lost, so nothing is written.",
)
UNUSABLE_NAME = FindingCode(
    "G116",
    "a name cannot be used for a file or a folder",
    "Files and folders are named after pools, programs and what the rule set's templates make of them. Such a name must not "
    "be hidden or that of asnforge's own files; the names of files, of folders of programs, and all names in an archive must "
    "also work on every operating system: no characters or device names that Windows reserves, no period or space at the end. "
    "Nothing of the pool is written.",
)
