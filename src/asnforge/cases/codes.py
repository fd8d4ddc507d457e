"""What each finding about a file of cases stands for. Its shape is checked as that of a rule file: R1 codes."""

from __future__ import annotations

from asnforge.findings import FindingCode

NO_RULE = FindingCode(
    "R401",
    "there is no rule beside the cases",
    "NAME.cases.yaml holds the cases of the rule in NAME.yaml, in the same folder. One of the two has another name.",
)
UNKNOWN_EXPOSURE = FindingCode(
    "R402",
    "an exposure is expected that the case does not have",
    "What is expected names exposures as the case's pool does, letter by letter.",
)
UNKNOWN_COLUMN = FindingCode(
    "R403",
    "a column that no rule reads",
    "The column has no effect, as no rule, condition or derived column reads it; it is mostly a misspelt one. Take it out, or "
    "name the column that is meant.",
)
UNKNOWN_CHECK = FindingCode(
    "R404",
    "a name that the rule does not have",
    "left_out names constraints and keys of the rule, incomplete its requirements; asnforge rules show lists them.",
)
BROKEN_TABLE = FindingCode(
    "R405",
    "the table of exposures cannot be read",
    "The first line names the columns, the first of them 'name'; each further line has as many cells, with blanks between "
    "them. A dot stands for the default. Where a value has a blank in it, write the exposures as name: {COLUMN: value}.",
)
NO_GROUPING = FindingCode(
    "R406",
    "rules cannot work on the pool of a case",
    "The pool lacks a column that every rule needs, or a candidate that is looked at; the message says which. Defaults are the "
    "place for a column that all exposures have.",
)
NEEDS_RULE = FindingCode(
    "R407",
    "an expectation that is one rule's",
    "Cases beside ruleset.yaml are run with all rules; what leaves an exposure out, and what a group lacks, is for the cases "
    "of one rule.",
)
FAILED = FindingCode(
    "R410",
    "a case fails",
    "The rule does not do what the case expects. One of the two is wrong; the explanation says what decided.",
)
NO_CASES = FindingCode(
    "R411",
    "there are no cases",
    "No file NAME.cases.yaml is there, or no case has the name that was asked for.",
)
EXISTS = FindingCode(
    "R412",
    "there is such a rule or file already",
    "A new rule never takes the place of one that is there. Give it another name, or another folder.",
)
BAD_NAME = FindingCode(
    "R413",
    "no name for a rule",
    "The name of a rule is that of its file, too: a letter, then letters, digits, '_', '.' and '-'.",
)
