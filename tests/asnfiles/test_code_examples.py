"""The wrong examples of finding codes have the problem, and the right ones do not."""

from __future__ import annotations

import re

import pytest
from support.observatory import write_ruleset

from asnforge.asnfiles import json_positions, pipeline_checks, problems, semantics, validate
from asnforge.asnfiles.validate import validate_bytes
from asnforge.findings import FindingCode
from asnforge.rulefiles.load import read_ruleset
from asnforge.rules.ruleset import Ruleset

MEMBERS = '[{"expname": "a_flat.fits", "exptype": "science"}]'
CODES = {
    code.code: code
    for module in (json_positions, problems, semantics, pipeline_checks, validate)
    for code in vars(module).values()
    if isinstance(code, FindingCode) and code.wrong[0] in '"{'
}


@pytest.fixture(scope="module")
def lynx(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    exptypes = {"science": {}, "background": {"misspelled_as": ["bkg"]}, "psf": {}}
    stack = {"products": "first", "suffixes": {"science": {"right": ["flat"], "wrong": ["raw"]}}}
    asn_types = {"stack": stack, "mask": {"require": {"psf": {"at_least": 1}}}}
    folder = tmp_path_factory.mktemp("rules") / "lynx"
    return read_ruleset(write_ruleset(folder, exptypes=exptypes, asn_types=asn_types))


def association(example: str) -> str:
    """An association with the keywords of an example."""
    example = example.replace('"members": [...]', f'"members": {MEMBERS}')
    example = example.replace('"products": [...]', f'"products": [{{"members": {MEMBERS}}}]')
    if example.startswith("{"):
        return example
    keywords = set(re.findall(r'"(\w+)":', example))
    if keywords == {"exptype"}:
        example = f'"members": [{{"expname": "a", {example}}}]'
    if example.startswith('"members"'):
        example = f'"products": [{{{example}}}]'
    usual = {"asn_id": '"o001"', "asn_pool": '"night.tsv"', "products": f'[{{"members": {MEMBERS}}}]'}
    return "{" + ", ".join([example, *(f'"{k}": {v}' for k, v in usual.items() if f'"{k}"' not in example)]) + "}"


def test_most_codes_have_such_examples() -> None:
    assert len(CODES) == 17


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_wrong_example_has_the_finding_and_right_one_does_not(code: FindingCode, lynx: Ruleset) -> None:
    for example, expected in ((code.wrong, True), (code.right, False)):
        codes = {finding.code for finding in validate_bytes(association(example).encode(), "x", lynx)}
        assert (code.code in codes) is expected, codes
