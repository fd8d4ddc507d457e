"""Every key of the schemas of rules changes what ``rules show`` writes: none can be forgotten.

`DOCUMENTS` have every key. A key is removed, or has another value, and the text must be another one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.every_key import DOCUMENTS
from support.schema_keys import KEYS_BY_NAME, SCHEMA_KEYS, changed, has_keys, write_documents

from asnforge.findings import InputError
from asnforge.rulefiles.load import read_ruleset
from asnforge.rules.markdown import catalogue, rule_page

NOT_SHOWN = {
    "ruleset.extends": "the rules and blocks are those of both",
    "ruleset.shares": "the blocks are those of both",
    "ruleset.headers": "how FITS files are read, not what rules do",
    "headers": "how FITS files are read, not what rules do",
    "ruleset.run": "`asnforge generate -v` prints the commands",
    "ruleset.setup": "columns that `pool show` displays",
    "ruleset.report": "columns that `report` displays",
    "ruleset.exptypes": "what pipelines read, not what rules do",
    "ruleset.asn_types": "what pipelines read, not what rules do",
    "ruleset.parts[].about": "parts are filled in where rules use them",
}
"""The blocks that are not described, and why not; and keys that have no meaning for rules."""


@cache
def text_before() -> str:
    """What is written of the documents as they are."""
    with TemporaryDirectory() as folder:
        return text_of(DOCUMENTS, Path(folder))


def text_of(documents: dict[str, dict[str, Any]], folder: Path) -> str:
    """What ``rules show`` writes of the rule set and of each rule."""
    ruleset = read_ruleset(write_documents(documents, folder))
    return "\n".join([catalogue(ruleset), *(rule_page(rule, ruleset) for rule in ruleset.rules)])


def is_shown(key: str) -> bool:
    return not any(key == block or key.startswith((f"{block}.", f"{block}[")) for block in NOT_SHOWN)


def test_every_key_is_tried() -> None:
    assert sorted(key for key in SCHEMA_KEYS - KEYS_BY_NAME.keys() if is_shown(key)) == []


@pytest.mark.parametrize("key", [key for key in sorted(KEYS_BY_NAME) if is_shown(key) and not has_keys(key)])
def test_a_key_is_shown(tmp_path: Path, key: str) -> None:
    for number, (file, path) in enumerate(KEYS_BY_NAME[key]):
        for removed in (True, False):
            try:
                if text_of(changed(file, path, removed=removed), tmp_path / f"{number}-{removed}") != text_before():
                    return
            except InputError:
                continue
    pytest.fail(f"{key} can be changed, and rules show writes the same")
