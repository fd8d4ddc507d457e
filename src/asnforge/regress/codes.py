"""What each finding about a suite stands for."""

from __future__ import annotations

from asnforge.findings import FindingCode

SUITE_FILE = FindingCode(
    "C120",
    "a suite file is not as it must be",
    "A suite file is YAML: a list under 'entries', each with a pool and the associations expected of it, and if need be "
    "rules and options. Keys under 'defaults' hold for every entry that does not have them itself.",
)
NO_POOL = FindingCode(
    "C121",
    "an entry's pools are not there",
    "The pattern of the entry's 'pool' matches no file. It is read from the suite's folder.",
)
SAME_NAME = FindingCode(
    "C122",
    "two entries of a suite have one name",
    "Entries are accepted and reported by name. Give each its own, with '{pool}' in it where a pattern stands for many.",
)
NO_ENTRY = FindingCode(
    "C123",
    "a suite has no such entry",
    "The name was misspelled, or the entry's pool is gone.",
)
OUTSIDE = FindingCode(
    "C124",
    "a path of a suite leads outside its folder",
    "A suite may come from somebody else. So its pools, rules, allow files and expected associations must lie below the "
    "suite's folder, after every link is followed, or below a folder that you name with --root DIR. --accept writes only "
    "below the suite's own folder.",
)
NOT_REPLACED = FindingCode(
    "C125",
    "--accept does not replace a file",
    "--accept replaces and removes only what it writes itself: compact files, and association files of the entry's pool that "
    "lie directly in the expected folder. Anything else there is left as it is, and nothing is written for the entry. Move "
    "or remove the file, or let 'expected' name another folder.",
)
