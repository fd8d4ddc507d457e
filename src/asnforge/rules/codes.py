"""What each finding about a rule file stands for: R3, what it means."""

from __future__ import annotations

from asnforge.findings import FindingCode

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
