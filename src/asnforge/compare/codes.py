"""What each finding about a comparison stands for."""

from __future__ import annotations

from asnforge.findings import FindingCode

UNREADABLE = FindingCode(
    "C101",
    "a side of the comparison cannot be read",
    "There is no such file or folder, there is nothing in it to compare, or a file in it is no association.",
)
NONE_OF_THEM = FindingCode(
    "C102",
    "nothing has the type or rule that is asked for",
    "--only names a type or a rule that no association of either side has, so that nothing would be compared. Most often it "
    "is misspelled.",
)
COMPACT_FILE = FindingCode(
    "C103",
    "a compact file of associations is not as it must be",
    "A compact file is YAML: a list of associations with their keywords and products, each product with its members by "
    "exptype. 'asnforge regress SUITE --accept' writes it.",
)
ALLOW_FILE = FindingCode(
    "C110",
    "an allow file is not as it must be",
    "An allow file is YAML: a list under 'allow', each entry with a reason and at least one of kind, product, rule, "
    "type, program, asn_id, asn_pool, folder, member and what.",
)
STALE = FindingCode(
    "C111",
    "an allowed difference no longer occurs",
    "No difference of this comparison matches the entry. Remove it, so that the difference is seen when it comes back.",
)
