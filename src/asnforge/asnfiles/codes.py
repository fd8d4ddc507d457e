"""What each finding about an association file stands for."""

from __future__ import annotations

from asnforge.findings import FindingCode

UNREADABLE = FindingCode(
    "A101",
    "the file cannot be read",
    "There is no such file, it is a folder, or the system refuses it. Check its name and its permissions.",
)
NOT_TEXT = FindingCode(
    "A102",
    "the file is not text in UTF-8",
    "JSON is text in UTF-8. The file is empty, compressed, binary, or in another encoding. Save it as UTF-8 without a "
    "byte order mark.",
)
TOO_LARGE = FindingCode(
    "A103",
    "the file is larger or deeper than an association can be",
    "An association is a few kilobytes and four levels deep. A file far beyond that is something else, and is not "
    "read to its end.",
)
SYNTAX = FindingCode(
    "A104",
    "the file is no JSON",
    "A comma, a quote or a brace is missing or too many, often after an edit by hand or a copy that broke off.",
)
REPEATED_KEY = FindingCode(
    "A105",
    "a keyword stands twice in one object",
    "Readers of JSON keep the last of the two and say nothing. Remove the one that is not meant.",
)
FOREIGN = FindingCode(
    "A106",
    "the file is JSON, but no association",
    "An association is an object with the keywords asn_id, asn_pool and products.",
)
MISSING = FindingCode(
    "A110",
    "a required keyword is missing",
    "An association needs asn_id, asn_pool and products; a product needs members; a member needs expname and exptype.",
)
MISSPELLED = FindingCode(
    "A111",
    "a keyword is misspelled",
    "Unknown keywords are allowed, but this one is a letter or two away from one of the format that is not there.",
)
WRONG_TYPE = FindingCode(
    "A112",
    "a value is of the wrong type",
    "Nearly every keyword's value is text in double quotes; products and members are lists of objects. It is a warning for "
    "keywords that no pipeline reads.",
)
EMPTY = FindingCode(
    "A113",
    "a value is empty",
    "An association has one product or more, a product one member or more, and required text is not empty.",
)
NO_SCIENCE = FindingCode(
    "A114",
    "a product has no science member",
    "At least one exposure of an association has the exptype science (docs/format.md#members).",
)
SAME_PRODUCT = FindingCode(
    "A115",
    "two products have one name",
    "The name is the root of the product's files: one product would overwrite the other.",
)
SAME_MEMBER = FindingCode(
    "A116",
    "a member stands twice in a product",
    "The same expname with the same exptype would be processed twice. An exposure may appear again with another "
    "exptype.",
)
EXPTYPE_CASE = FindingCode(
    "A117",
    "an exptype has upper-case characters",
    "The format has exptypes in lower case. Some pipelines compare them case-sensitively and ignore a member with another "
    "spelling, which is an error; for pipelines that ignore case it is a warning. Without an asn_type, or with one that the "
    "rule set does not declare, it is an error, because the pipeline may be one of the former.",
)
UNKNOWN_EXPTYPE = FindingCode(
    "A118",
    "an exptype is unknown",
    "It is neither an exptype of the format nor one that the rule set declares, and is usually an abbreviation or misspelled: "
    "bkg for background. Pipelines ignore such a member without a message, or use it for something else.",
)
MEMBER_COUNT = FindingCode(
    "A119",
    "a product has too few or too many members of an exptype",
    "The pipeline for this asn_type needs another number of them. The rule set declares how many and what the pipeline does "
    "otherwise.",
)
FIRST_PRODUCT_ONLY = FindingCode(
    "A120",
    "the pipeline makes only the first of several products",
    "The pipeline for this asn_type reads the first product of an association and ignores the others without a message.",
)
PRODUCT_IN_OTHER_FILE = FindingCode(
    "A121",
    "several files of a folder have the same product name",
    "The name, ignoring case, is the root of the names of the product's files: where pipelines run on all of these "
    "associations in one folder, each overwrites the products of the one before. Run them in different folders, or give "
    "the products different names.",
)
WRONG_SUFFIX = FindingCode(
    "A122",
    "a member is a file of another calibration level",
    "The suffix of its name, the part after the last underscore, says how far the file is calibrated, and the pipeline for "
    "this asn_type does not take such files. The rule set declares which suffixes are wrong.",
)
CONTRADICTS_EXPOSERR = FindingCode(
    "A123",
    "degraded_status contradicts exposerr",
    "degraded_status says whether a member has an error, and the members' exposerr say otherwise; often a member was added "
    "or removed by hand. A member without the keyword exposerr contradicts nothing.",
)
UNKNOWN_ASN_TYPE = FindingCode(
    "A124",
    "an asn_type is misspelled",
    "No rule set declares this asn_type, but one that it resembles. No pipeline processes it, and what it needs is not "
    "checked. An asn_type that resembles none is taken for that of another observatory.",
)
