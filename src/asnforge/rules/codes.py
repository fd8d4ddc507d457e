"""What each finding about a rule file stands for: R1 the file and its shape, R2 its references, R3 what it means."""

from __future__ import annotations

from asnforge.findings import FindingCode

UNREADABLE = FindingCode(
    "R101",
    "the rules cannot be read",
    "There is no such file or folder, the folder holds no rule files, or the system refuses it. Rule files end in .yaml.",
)
NOT_YAML = FindingCode(
    "R102",
    "invalid YAML",
    "YAML is text in UTF-8, and its structure is in the indentation: blanks, never tabs. Quote a value that begins with one "
    "of {, [, *, &, !, %, @, a quote or a backtick, or that holds a colon and a blank.",
)
NO_RULESET = FindingCode(
    "R103",
    "no ruleset.yaml",
    "Rules share columns, exposure types and name parts, which stand in the ruleset.yaml of a folder. Rules alone are added to "
    "the default rule set: leave it in, or name a folder with a ruleset.yaml before them.",
)
UNKNOWN_KEY = FindingCode(
    "R104",
    "a key that is not known here",
    "A word before a colon is misspelt, or belongs elsewhere. The JSON Schema of rule files lists what can stand where; an "
    "editor with a YAML language server completes it.",
)
MISSING_KEY = FindingCode(
    "R105",
    "something is missing",
    "A rule needs a name, a title, an asn_type and a product; a constraint needs to say what it reads and what it wants.",
)
WRONG_KIND = FindingCode(
    "R106",
    "another kind of value is wanted",
    "A mapping is key: value lines or {key: value}; a list is - lines or [one, two]; all else is text.",
)
WRONG_VALUE = FindingCode(
    "R107",
    "a value that cannot stand here",
    "A name is letters, digits and underscores; optional, sort and defined are yes or no; counts are whole numbers from 1.",
)
EMPTY_OR_TWICE = FindingCode(
    "R108",
    "an empty text or list, or a value that is listed twice",
    "Nothing would match an empty list, and a value that is listed twice is most often meant to be another one.",
)
NOT_TOGETHER = FindingCode(
    "R109",
    "keys that do not go together",
    "A constraint says one thing: is, in, matches or defined of a column (or columns); or all, any, not or use; or a table of "
    "columns. For two things, write two constraints, or all.",
)
NO_ALIASES = FindingCode(
    "R110",
    "an anchor, an alias or a tag",
    "In rule files every value is text, and what is shared has a name: write a condition or a part in ruleset.yaml and use it. "
    "A few lines of anchors and aliases can stand for more than a machine holds, so they are not read.",
)
TOO_MUCH = FindingCode(
    "R111",
    "the file is larger or deeper than rules can be",
    "A rule is a few kilobytes and a few levels deep. A file far beyond that is something else.",
)
KEY_TWICE = FindingCode(
    "R112",
    "a key twice",
    "The second would replace the first without a word. Keep one of them.",
)
UNKNOWN_NAME = FindingCode(
    "R201",
    "a name that is not there",
    "The rule uses a part, condition, table, product template, name part or derived column that no ruleset.yaml has. Most "
    "often it is misspelt.",
)
CIRCLE = FindingCode(
    "R202",
    "something made from itself",
    "A condition that uses itself, or a derived column that reads itself, directly or through others, has no value.",
)
NO_PATTERN = FindingCode(
    "R203",
    "a regular expression that cannot be used",
    "Regular expressions are matched by RE2, in a time that grows with the length of the value and no faster: "
    "https://github.com/google/re2/wiki/Syntax. There is no lookahead or lookbehind, no reference to a group and no flag: all, "
    "any and not of the rule replace the first, and case is always ignored. \\d, \\w, \\s and \\b know ASCII; \\pL is any "
    "letter. Put the expression in single quotes, so that YAML leaves backslashes alone.",
)
ROW_WIDTH = FindingCode(
    "R204",
    "a table's row of another width",
    "Each row has a value for each column of the constraint that uses the table, in the same order.",
)
RULE_TWICE = FindingCode(
    "R205",
    "a rule twice in one folder",
    "Rules are told apart by their names. A rule replaces another of the same name only where it comes from another path: "
    "asnforge generate --rules.",
)
NO_TEMPLATE = FindingCode(
    "R206",
    "a template that cannot be filled",
    "A name part or column stands in braces, {like_this}. Double braces, {{like_this}}, stay as single ones in the name.",
)
LEADS_AWAY = FindingCode(
    "R208",
    "a name with a path in it",
    "Names of files, products and members are names alone: what is written stays in the folder that it is written to. So no "
    "text of a template or name part has a slash, a backslash or a control character.",
)
AMBIGUOUS_NAME = FindingCode(
    "R209",
    "a column name that is ambiguous",
    "Another name of a column, in the block columns, stands for one column only: it cannot be the column itself, a derived "
    "column, a column with other names, or another name of two columns.",
)
AMBIGUOUS_FACT = FindingCode(
    "R210",
    "a contradiction in exptypes or asn_types",
    "One misspelling is listed for two exptypes, or an asn_type requires more members of an exptype than it allows. Keep the "
    "entry that is right.",
)
CONTRADICTION = FindingCode(
    "R301",
    "a constraint that nothing can pass",
    "Together with another constraint of the same rule, or with the values that a column can have, nothing is left, so that "
    "the rule never takes an exposure.",
)
NEVER_DECIDES = FindingCode(
    "R302",
    "a constraint that never decides",
    "Whatever passes the rule's other constraints passes this one too. Take it out, or mend the one that was meant to be "
    "wider.",
)
STANDS_FOR_NOTHING = FindingCode(
    "R303",
    "a value that stands for no value",
    "The rule set lists this text as undefined, so that no exposure has it as its value. Ask for defined: no.",
)
MISSPELLED_COLUMN = FindingCode(
    "R304",
    "a column that is read just once and looks like another",
    "A column that a pool does not have is undefined for every exposure, which is no error. So a misspelt name goes unseen: "
    "this one is read in one place, and is the same as one that is read elsewhere except for a typing error: a letter too few, "
    "too many or wrong, two exchanged, or another delimiter. Correct it, or list a name that is right under columns.",
)
HIDDEN_RULE = FindingCode(
    "R305",
    "a rule that another one hides",
    "The other rule takes the same exposures into the same groups and comes later by name. Of associations with the same "
    "members in one scope the last rule's stays, so this rule's are always dropped. Where the rule set has 'duplicates: "
    "members_and_product', this is so only for products of the same name; with 'duplicates: keep' it never is.",
)
UNUSED = FindingCode(
    "R306",
    "something shared that nothing uses",
    "A part, condition, table, derived column, name part or product template of ruleset.yaml that no rule needs. Take it out, "
    "or use it where it was meant to be.",
)
NO_CASES = FindingCode(
    "R307",
    "a rule without cases",
    "Cases say which exposures a rule groups, keeps apart and leaves out, so that a change that was not meant is seen. They "
    "stand beside the rule: image.yaml has image.cases.yaml.",
)
NAME_WITHOUT_KEY = FindingCode(
    "R308",
    "a part of a name that has no value",
    "The template names a part whose keys the rule does not group by, so that its place stays empty. Add the key to group_by, "
    "or take the part out of the template.",
)
NEVER_VALID = FindingCode(
    "R309",
    "a requirement that no group can meet",
    "The rule makes groups, but never an association: what is required contradicts another requirement or the key.",
)
ALWAYS_VALID = FindingCode(
    "R310",
    "a requirement that every group meets",
    "What is required follows from another requirement or from the key. Take it out, or mend it.",
)
NEVER_REACHED = FindingCode(
    "R311",
    "a case that is never reached",
    "The cases of a derived column are read in order, and an earlier one takes everything that this one would.",
)

NOT_GIVEN = FindingCode(
    "R312",
    "an exptype that no exposure is given",
    "A rule requires or repeats members of an exptype that is neither among the exposure types of the rule set nor given by "
    "as or take_as. Most often it is misspelt.",
)
READ_TWICE = FindingCode(
    "R313",
    "a column that is read and is another name as well",
    "Where a pool does not have the column under its own name, both would have the same values. Read it under the name that is "
    "declared, or delete it from the other names.",
)
SPELLED_TWICE = FindingCode(
    "R314",
    "an exptype in two spellings",
    "Exptypes are compared without case, and all members have the spelling that comes first in the rule set: in the derived "
    "column, then in the rules. Spell it in one way; the format has science in lower case.",
)

CANNOT_READ = frozenset({UNREADABLE.code, NO_RULESET.code})
"""The codes for which a command says that it could not do its work."""
