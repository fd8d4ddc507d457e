"""The examples of the finding codes of ``generate``: the wrong one has the problem, the right one does not."""

from __future__ import annotations

import pytest
import yaml
from support.observatory import Content, pool_of, rule, ruleset

from asnforge.associations.conflicts import BREAKS_SCHEMA, OUTSIDE, SAME_FILE, SAME_PRODUCT
from asnforge.associations.drafts import TOO_MANY
from asnforge.associations.duplicates import LOST_PRODUCT
from asnforge.associations.pipeline_use import MERGED_PRODUCTS, NOT_USABLE, SHARED_NAME
from asnforge.findings import FindingCode, InputError
from asnforge.generation.engine import generate
from asnforge.generation.notes import NAME_KEPT
from asnforge.grouping.candidates import UNREADABLE_CANDIDATES
from asnforge.grouping.missing_columns import INCOMPLETE_COLUMNS, MISSING_COLUMN
from asnforge.grouping.pool_faults import FAULTY_EXPOSURE, SPELLED_DIFFERENTLY
from asnforge.grouping.prepared_pool import LISTED_TWICE
from asnforge.grouping.scopes import NO_SUCH_CANDIDATE, ScopeChoice
from asnforge.grouping.wildcard_limit import TOO_MANY_GROUPS

CODES = [
    MISSING_COLUMN,
    FAULTY_EXPOSURE,
    LISTED_TWICE,
    NO_SUCH_CANDIDATE,
    NAME_KEPT,
    SAME_PRODUCT,
    BREAKS_SCHEMA,
    OUTSIDE,
    INCOMPLETE_COLUMNS,
    SAME_FILE,
    TOO_MANY,
    UNREADABLE_CANDIDATES,
    SPELLED_DIFFERENTLY,
    NOT_USABLE,
    MERGED_PRODUCTS,
    LOST_PRODUCT,
    SHARED_NAME,
    TOO_MANY_GROUPS,
]
POOL = """FILE|PROPOSAL|CAMERA|FIELD|CANDIDATES
a_raw.fits|7|red|1|[('o1', 'night')]
b_raw.fits|7|red|1|[('o1', 'night')]
c_raw.fits|7|red|2|[('o1', 'night')]
d_raw.fits|7|red|2|[('o1', 'night')]"""
MANY = "\n".join(["FILE|PROPOSAL|CAMERA|FIELD|CANDIDATES", *(f"a{number}_raw.fits|7|red|1|" for number in range(4100))])
HALF = "\n".join(
    [
        "FILE|PROPOSAL|CAMERA|BAND|SLIT",
        *(f"a{value}_raw.fits|7|red|g{value}|" for value in range(40)),
        *(f"b{value}_raw.fits|7|red||s{value}" for value in range(40)),
    ]
)
STACK: Content = {
    "pipeline": "stack_images",
    "products": "first",
    "suffixes": {"science": {"right": ["calibrated"], "wrong": ["flat"]}},
}


def codes_of(code: FindingCode, example: str) -> set[str]:
    """The codes of the findings with an example: lines of a pool, of a rule or rule set, or a command."""
    lines = {TOO_MANY: MANY, TOO_MANY_GROUPS: HALF}.get(code, POOL)
    merge = False
    ids: tuple[str, ...] = ()
    rule_blocks: Content = {}
    ruleset_blocks: Content = {}
    if example.startswith("FILE|"):
        lines = example
    elif example.startswith("asnforge "):
        options = example.split()[3:]
        merge, ids = "--merge" in options, tuple(options[1:]) if "--ids" in options else ()
    else:
        block = yaml.load(example, yaml.BaseLoader)
        (ruleset_blocks if "derived" in block else rule_blocks).update(block)
    header, *rows = [line.split("|") for line in lines.splitlines()]
    optional = {"column": "FIELD", "optional": "yes"}
    image = rule(**{"group_by": {"field": optional}, "product": "{program}-{camera}-{field}", **rule_blocks})
    rules = ruleset(
        image,
        **{
            "asn_types": {"stack": STACK},
            "duplicates": None,
            "names": {"program": {"key": "program"}},
            **ruleset_blocks,
        },
    )
    try:
        findings = generate(pool_of(header, rows), rules, choice=ScopeChoice(ids=ids), merge=merge).findings
    except InputError as error:
        findings = error.findings
    return {finding.code for finding in findings}


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_wrong_example_has_the_problem_and_right_example_does_not(code: FindingCode) -> None:
    assert code.code in codes_of(code, code.wrong)
    assert code.code not in codes_of(code, code.right)
