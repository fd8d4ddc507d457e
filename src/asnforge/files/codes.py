"""What each finding about an association file stands for."""

from __future__ import annotations

from asnforge.findings import Code

UNREADABLE = Code(
    "A101",
    "the file cannot be read",
    "There is no such file, it is a folder, or the system refuses it. Check its name and its permissions.",
)
NOT_TEXT = Code(
    "A102",
    "the file is no UTF-8 text",
    "JSON is text in UTF-8. The file is empty, packed, binary, or in another encoding. Save it as UTF-8 without a "
    "byte order mark.",
)
TOO_LARGE = Code(
    "A103",
    "the file is larger or deeper than an association can be",
    "An association is a few kilobytes and four levels deep. A file far beyond that is something else, and is not "
    "read to its end.",
)
SYNTAX = Code(
    "A104",
    "the file is no JSON",
    "A comma, a quote or a brace is missing or too many, often after an edit by hand or a copy that broke off.",
)
REPEATED_KEY = Code(
    "A105",
    "a keyword stands twice in one object",
    "Readers of JSON keep the last of the two and say nothing. Remove the one that is not meant.",
)
FOREIGN = Code(
    "A106",
    "the file is JSON, but no association",
    "An association is an object with the keywords asn_id, asn_pool and products.",
)
MISSING = Code(
    "A110",
    "a required keyword is missing",
    "An association needs asn_id, asn_pool and products; a product needs members; a member needs expname and exptype.",
)
MISSPELLED = Code(
    "A111",
    "a keyword is misspelled",
    "Unknown keywords are allowed, but this one is a letter or two away from one of the format that is not there.",
)
WRONG_TYPE = Code(
    "A112",
    "a value is of the wrong type",
    "Nearly every keyword's value is text in double quotes; products and members are lists of objects.",
)
EMPTY = Code(
    "A113",
    "a value is empty",
    "An association has one product or more, a product one member or more, and required text is not empty.",
)
NO_SCIENCE = Code(
    "A114",
    "a product has no science member",
    "At least one exposure of an association has the exptype science (techspecs, '``members`` Keyword').",
)
SAME_PRODUCT = Code(
    "A115",
    "two products have one name",
    "The name is the root of the product's files: one product would overwrite the other.",
)
SAME_MEMBER = Code(
    "A116",
    "a member stands twice in a product",
    "The same expname with the same exptype would be processed twice. An exposure may appear again with another "
    "exptype.",
)
EXPTYPE_SPELLING = Code(
    "A117",
    "an exptype is not spelled as the format has it",
    "Pipelines compare exptype letter by letter, in lower case; a member of another spelling is left out in silence.",
)

CODES = (
    UNREADABLE,
    NOT_TEXT,
    TOO_LARGE,
    SYNTAX,
    REPEATED_KEY,
    FOREIGN,
    MISSING,
    MISSPELLED,
    WRONG_TYPE,
    EMPTY,
    NO_SCIENCE,
    SAME_PRODUCT,
    SAME_MEMBER,
    EXPTYPE_SPELLING,
)
