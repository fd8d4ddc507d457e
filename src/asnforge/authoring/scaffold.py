"""A new rule and its cases, to begin with: made of what the rules beside it have in common, so that both pass at once."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from asnforge.asnfiles.write import make_folder
from asnforge.atomic import write_atomically
from asnforge.authoring.examples import cases_text, makes_something
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.rulefiles.load import Sources, load_ruleset, read_sources
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, default_ruleset, rule_files
from asnforge.rulefiles.yaml_document import read_yaml
from asnforge.rules.constraints import leaves
from asnforge.rules.rule import SCIENCE, Rule
from asnforge.rules.ruleset import Ruleset

EXISTS = FindingCode(
    "R412",
    "rule or file exists",
    "A new rule never replaces an existing rule or file. Use another name or another folder.",
    wrong="asnforge rules new Asn_Lv3Image --folder my-rules",
    right="asnforge rules new Asn_My_Image --folder my-rules",
)
INVALID_NAME = FindingCode(
    "R413",
    "invalid rule name",
    "The name of a rule is also that of its file: a letter, then letters, digits, '_', '.' and '-'.",
    wrong="asnforge rules new 'My rule' --folder my-rules",
    right="asnforge rules new My_Rule --folder my-rules",
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The two files of a new rule, and their texts."""

    rule: Path
    rule_text: str
    cases: Path
    cases_text: str

    def write(self) -> None:
        """Write both files, their folder where there is none; `InputError` where that is not possible."""
        make_folder(self.rule.parent)
        write_atomically(self.rule, self.rule_text.encode())
        write_atomically(self.cases, self.cases_text.encode())


def new_rule(name: str, folder: Path) -> Scaffold:
    """A rule and its cases, to begin with.

    Parameters
    ----------
    name : str
        The rule's name.
    folder : Path
        Where its files go. Where the folder has a ``ruleset.yaml``, the rule is one of that rule set; else it is added to the
        default one.

    Raises
    ------
    InputError
        The name cannot be a rule's, there is such a file or rule already, or the rule set cannot be read.
    """
    base = folder if (folder / RULESET_FILE).is_file() else default_ruleset()
    rule_path = folder / f"{name.lower()}.yaml"
    cases_path = folder / f"{name.lower()}{CASES_SUFFIX}"
    _check(name, (rule_path, cases_path))
    _check_neighbours(name, folder)
    sources = read_sources(base)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    if name.casefold() in {rule.name.casefold() for rule in sources.ruleset.rules}:
        raise InputError(
            Finding(EXISTS.code, f"there is a rule {name} already", str(base), hint="give it another name")
        )
    column, rule_text = _rule_text(name, folder, sources, sources.ruleset)
    ruleset, rule = _read(name, rule_text, base)
    if not makes_something(rule, ruleset, base):
        rule_text += f"take_as: {{exptype: {SCIENCE}}}\n"
        ruleset, rule = _read(name, rule_text, base)
    pointer = _schema_pointer("cases", folder)
    return Scaffold(rule_path, rule_text, cases_path, cases_text(pointer, rule, ruleset, base, column))


def _check(name: str, paths: Iterable[Path]) -> None:
    if not _NAME.fullmatch(name) or f"{name.casefold()}.yaml" == RULESET_FILE:
        hint = "a letter, then letters, digits, '_', '.' and '-'"
        raise InputError(Finding(INVALID_NAME.code, f"{name!r} cannot be a rule's name", hint=hint))
    for path in paths:
        if os.path.lexists(path):  # a link that leads nowhere, too
            raise InputError(Finding(EXISTS.code, "is there already", str(path), hint="give the rule another name"))


def _check_neighbours(name: str, folder: Path) -> None:
    """Refuse a name that a rule in the folder has already, in whatever file; a file that cannot be read has none."""
    for path in rule_files(folder):
        try:
            content = read_yaml(path).value
        except InputError:
            continue
        if isinstance(content, dict) and str(content.get("rule", "")).casefold() == name.casefold():
            message = f"there is a rule {name} already"
            raise InputError(Finding(EXISTS.code, message, str(path), hint="give it another name"))


def _rule_text(name: str, folder: Path, sources: Sources, ruleset: Ruleset) -> tuple[str, str]:
    """The column that the rule selects by, and the text of its file."""
    rules = [node.value for node in sources.rules.values()]
    shared = sources.shared
    parts = shared.names("parts") if shared else ()
    common = [part for part in parts if rules and all(part in content.get("use", ()) for content in rules)]
    others = [part for part in parts if part not in common]
    select, column = _usual_constraint(rules, ruleset)
    products = Counter(content["product"] for content in rules if "{" not in content["product"])
    product = products.most_common(1)[0][0] if products else _first_template(sources)
    lines = [
        _schema_pointer("rule", folder),
        f"rule: {name}",
        f"title: {name.replace('_', ' ')}",
        "about: Say what is made of which exposures, and why they belong together.",
        f"asn_type: {re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}",
    ]
    if others:
        lines.append(f"# Parts that other rules use: {', '.join(others)}")
    if common:
        lines.append(f"use: [{', '.join(common)}]")
    lines += ["select:", f"  {select}: {{column: {column}, is: {name.lower()}}}", f"product: {product}"]
    return column, "\n".join(lines) + "\n"


def _usual_constraint(rules: Iterable[dict[str, Any]], ruleset: Ruleset) -> tuple[str, str]:
    """The name and column of the constraint that most rules have: what tells exposures of different rules apart."""
    found = Counter(
        (name, constraint["column"])
        for content in rules
        for name, constraint in content.get("select", {}).items()
        if "column" in constraint and constraint.keys() & {"is", "in"}
    )
    name, column = found.most_common(1)[0][0] if found else ("chosen", ruleset.members.file_name)
    if column.casefold() not in ruleset.derived:
        return name, column.upper()
    column = _column_behind(column.casefold(), ruleset)
    return re.sub("[^a-z0-9]+", "_", column), column.upper()


def _column_behind(column: str, ruleset: Ruleset) -> str:
    """The column of the pool that says most about a derived column."""
    seen = set()
    while column in ruleset.derived and column not in seen:
        seen.add(column)
        whens = (case.when for case in ruleset.derived[column].cases if case.when is not None)
        found = Counter(name for when in whens for leaf in leaves(when) for name in leaf.columns)
        column = found.most_common(1)[0][0] if found else ruleset.members.file_name
    return column


def _first_template(sources: Sources) -> str:
    """A product template where no rule shows one: the first of the rule set, or the scope and the rule's own name."""
    templates = sources.shared.names("products") if sources.shared else ()
    return templates[0] if templates else "product"


def _read(name: str, text: str, base: Path) -> tuple[Ruleset, Rule]:
    """The rule set with the new rule in it, and the rule."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rule.yaml"
        path.write_text(text, encoding="utf-8")
        ruleset = load_ruleset(base, path, default=False)
    return ruleset, ruleset.only(name).rules[0]


def _schema_pointer(kind: str, folder: Path) -> str:
    """The line that tells an editor which schema a file has: a relative path inside of a checkout."""
    schema = Path(str(files("asnforge") / "schemas" / f"{kind}.schema.json")).resolve()
    target = Path(os.path.realpath(folder))  # a path of links in a circle does not raise
    checkout = schema.parents[3]
    inside = (checkout / "pyproject.toml").is_file() and checkout in target.parents
    place = Path(os.path.relpath(schema, target)) if inside else schema
    return f"# yaml-language-server: $schema={place.as_posix()}"
