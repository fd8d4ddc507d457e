"""The codes of what can be wrong when associations are generated."""

from __future__ import annotations

from asnforge.findings import FindingCode

MISSING_COLUMN = FindingCode(
    "G101",
    "a column that every rule needs is missing",
    "Without the column of file names there are no members, and every rule groups by some columns. Name the columns in the "
    "header line as the rule set does; letter case does not matter.",
)
FAULTY_EXPOSURE = FindingCode(
    "G102",
    "an exposure cannot be used",
    "A file name is empty, is only a directory, has control characters or is too long: its row cannot be in any association. "
    "Or a value cannot be part of a name: then the rules named in the message leave the exposure out, and all others can use "
    "it. The name of an association's file takes ASCII letters, digits, '.', '_', '+' and '-' from a value, after a first "
    "letter or digit; the name of a product takes all characters but '/', '\\' and control characters; both take 80 "
    "characters at most. Change the value, or use another column in the rule set's names.",
)
LISTED_TWICE = FindingCode(
    "G103",
    "an exposure is listed twice",
    "Two rows have the same file name, perhaps in different directories. Both are used, as they may name different candidates, "
    "but a file is a member of a group only once.",
)
NO_SUCH_CANDIDATE = FindingCode(
    "G104",
    "a chosen candidate is not in the pool",
    "No exposure of the pool names the id that --ids asks for.",
)
NAME_STAYS = FindingCode(
    "G105",
    "the file name of a member is not changed",
    "The rule set knows how file names change on their way to stage 3 by a pattern that this name does not match. The member "
    "has the name as the pool has it.",
)
SAME_PRODUCT = FindingCode(
    "G106",
    "associations have the same product name",
    "Their members differ, and none has all of another's, so all are written. A pipeline that runs on all of them in one "
    "folder overwrites what it made before and leaves the products of the last: run them in different folders. The message "
    "says of each file how many members it has and what distinguishes it from the others.",
)
BREAKS_SCHEMA = FindingCode(
    "G108",
    "an association does not pass the schema",
    "The rules made something that is no association. Nothing of it is written. Check the rules.",
)
OUTSIDE = FindingCode(
    "G110",
    "a file would be outside the folder",
    "The template of file names or products, or a value in the pool, makes a name with a folder in it. That association is not "
    "written.",
)
LACKING_COLUMN = FindingCode(
    "G112",
    "a column that some rules need is missing",
    "In a column that the pool does not have, every value is undefined. The message says what does not work for this pool: "
    "rules that need a value there, types of candidates that make nothing, exposures that are not attached. If the pool has no "
    "exposures for them, nothing is wrong. If the pool has the column under another name, declare that name in the rule set's "
    "block `columns`.",
)
SAME_FILE = FindingCode(
    "G113",
    "associations would be the same file",
    "The template of file names makes the same name for several associations, or names that differ only in letter case, so "
    "all but one would be lost, at least on some systems. None of these is written; all others are. Use the name parts of "
    "the program, the scope, the type and the sequence, or {product}, with a delimiter between them, in file_name of the "
    "rule or of keywords in ruleset.yaml.",
)
TOO_MANY = FindingCode(
    "G115",
    "members are named in too many ways",
    "The rule set puts a column into the names of members, or makes their exptype of one, that has a different value for each "
    "exposure. Such a column belongs into the file name that the pool has.",
)
UNREADABLE_CANDIDATES = FindingCode(
    "G117",
    "candidates cannot be read",
    "A cell should list candidates as pairs of an id and a type, such as [('o001', 'observation')]. What is unambiguous is "
    "read: one pair without a list, ids alone, a list up to where it is cut off. The exposure is never lost: it is processed "
    "in the scope over the whole pool, and in those of the candidates that could be read. A candidate without a type has the "
    "type that other exposures give it, or else the type 'unknown'.",
)
SPELLED_DIFFERENTLY = FindingCode(
    "G118",
    "equal numbers are spelled differently",
    "Rules compare values as strings: 300, 300.0 and 3.0E2 are three values, and exposures with them are in three groups. "
    "Spell each number in the same way in all rows of the pool.",
)
NOT_USABLE = FindingCode(
    "G119",
    "associations that their pipeline cannot use",
    "The rule set declares what the pipeline for each asn_type needs and reads, and a rule makes something else: members of an "
    "exptype that is unknown, too few or too many of an exptype, or files of another calibration level. They are written all "
    "the same.",
)
MERGED_PRODUCTS = FindingCode(
    "G120",
    "the pipeline makes only the first of merged products",
    "With --merge an association has several products, and the pipeline for its asn_type reads the first one only. Generate "
    "without --merge where a pipeline is to run on the associations.",
)
LOST_PRODUCT = FindingCode(
    "G121",
    "products are lost, as other associations have the same members",
    "Of associations with the same members one stays: that of the highest scope id, then of the last rule by name. The product "
    "of another one has another name, and is not made. duplicates in ruleset.yaml says what is right: members_and_product or "
    "keep makes these products too; members drops them without this warning. --json lists every association that is dropped.",
)
SHARED_NAME = FindingCode(
    "G122",
    "science exposures share a member name",
    "The template of member names makes the same name for several science exposures of a product, so that these are one "
    "member. Where they are different files for the pipeline, all but one are lost: use what distinguishes them, such as the "
    "detector, in name of members in ruleset.yaml or in member_name of the rule.",
)
