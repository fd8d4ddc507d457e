"""A new rule and its cases, made from what the rules of its rule set have in common; both pass as they are."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from asnforge.asnfiles.staging import make_folder
from asnforge.atomic import write_atomically
from asnforge.authoring.first_cases import Examples, dump, readable_documents
from asnforge.findings import FindingCode, InputError
from asnforge.rulefiles.shipped import CASES_SUFFIX, RULESET_FILE, default_ruleset, rule_files
from asnforge.rulefiles.sources import Sources, read_sources
from asnforge.rules.constraints import leaves
from asnforge.rules.rule import SCIENCE
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import parse_template

EXISTS = FindingCode(
    "R412",
    "rule or file already exists",
    "A new rule never replaces an existing rule or file. Use another name or another folder.",
    wrong="asnforge rules new Image --folder my-rules",
    right="asnforge rules new Image_Mosaic --folder my-rules",
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
        """Write both files, and create their folder if there is none; `InputError` if that is not possible."""
        make_folder(self.rule.parent)
        write_atomically(self.rule, self.rule_text.encode())
        write_atomically(self.cases, self.cases_text.encode())


def new_rule(name: str, folder: Path) -> Scaffold:
    """A new rule and its cases.

    Parameters
    ----------
    name : str
        The rule's name.
    folder : Path
        The folder of its files. If the folder has a ``ruleset.yaml``, the rule belongs to that rule set; else it is added to
        the default one.

    Raises
    ------
    InputError
        The name is invalid, such a file or rule exists, or the rule set cannot be read.
    """
    base = folder if (folder / RULESET_FILE).is_file() else default_ruleset()
    rule_path = folder / f"{name.lower()}.yaml"
    cases_path = folder / f"{name.lower()}{CASES_SUFFIX}"
    _check_name(name, folder, (rule_path, cases_path))
    sources = read_sources(base)
    if sources.ruleset is None:
        raise InputError(*sources.findings)
    if name.casefold() in {rule.name.casefold() for rule in sources.ruleset.rules}:
        raise _exists(name, base)
    column, rule_text = _rule_text(name, folder, sources, sources.ruleset)
    examples = Examples(name, rule_text, base, column)
    if not examples.trace({"one": {}, "two": {}}).kept:
        rule_text += f"take_as: {{exptype: {SCIENCE}}}\n"
        examples = Examples(name, rule_text, base, column)
    return Scaffold(rule_path, rule_text, cases_path, f"{schema_comment('cases', folder)}\n{examples.text()}")


def _exists(name: str, path: Path) -> InputError:
    hint = "give it another name"
    return InputError(EXISTS.finding("there is already a rule {rule}", str(path), hint=hint, rule=name))


def _check_name(name: str, folder: Path, paths: Iterable[Path]) -> None:
    """Reject an invalid name, and the name of an existing file or of a rule in a readable file of the folder."""
    if not _NAME.fullmatch(name) or f"{name.casefold()}.yaml" == RULESET_FILE:
        hint = "a letter, then letters, digits, '_', '.' and '-'"
        raise InputError(INVALID_NAME.finding("{name:quoted} is not a valid rule name", hint=hint, name=name))
    for path in paths:
        if os.path.lexists(path):  # a broken link, too
            raise InputError(EXISTS.finding("the file already exists", str(path), hint="give the rule another name"))
    for path, content in readable_documents(rule_files(folder)):
        if str(content.get("rule", "")).casefold() == name.casefold():
            raise _exists(name, path)


def _rule_text(name: str, folder: Path, sources: Sources, ruleset: Ruleset) -> tuple[str, str]:
    """The column that the rule selects by, and the text of its file."""
    rules = [node.value for node in sources.rules.values()]
    parts = sources.shared.names("parts") if sources.shared else ()
    common = [part for part in parts if rules and all(part in content.get("use", ()) for content in rules)]
    others = [part for part in parts if part not in common]
    select, column = _usual_constraint(rules, ruleset, _conditions_of_rules(rules, sources))
    slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    common, product = _product(slug, common, rules, sources, ruleset)
    comment = schema_comment("rule", folder) + (
        f"\n# Parts that other rules use: {', '.join(others)}" if others else ""
    )
    rule = {
        "rule": name,
        "title": name.replace("_", " "),
        "about": "Describe which exposures belong together, and why.",
        "asn_type": slug,
        **({"use": common} if common else {}),
        "select": {select: {"column": column, "is": name.lower()}},
        "product": product,
    }
    return column, f"{comment}\n{dump(rule)}"


def _product(
    slug: str, use: list[str], rules: Iterable[dict[str, Any]], sources: Sources, ruleset: Ruleset
) -> tuple[list[str], str]:
    """The parts that a rule uses, and its product: a template that other rules use, or one of its own, which is never empty."""
    assert sources.shared is not None  # noqa: S101 - the rule set could be built
    nodes, templates = sources.shared.entries("parts"), sources.shared.entries("products")
    named = Counter(content["product"] for content in rules if content["product"] in templates)
    usual = Counter(part for content in rules for part in content.get("use", ()))
    for part in ("", *(part for part, _ in usual.most_common())):
        used = [*use, *([part] if part and part not in use else [])]
        keys = {key for name in used for key in nodes[name].value.get("group_by", {})}
        filled = {name for name, item in ruleset.names.items() if item.empty or item.columns or keys & {*item.keys}}
        for template in (*(name for name, _ in named.most_common()), *templates):
            if filled.intersection(name for _, name in parse_template(templates[template].value) if name):
                return used, template
        shown = [name for name, item in ruleset.names.items() if item.keys and keys.issuperset(item.keys)]
        if shown and not templates:
            return used, "_".join((slug, *(f"{{{name}}}" for name in shown)))
    return use, next(iter(templates), "product")


def _conditions_of_rules(rules: Iterable[dict[str, Any]], sources: Sources) -> list[dict[str, Any]]:
    """The conditions that rules select by themselves, without those of parts, which the new rule may use."""
    assert sources.shared is not None  # noqa: S101 - the rule set could be built
    parts = [node.value for node in sources.shared.entries("parts").values()]
    own, of_parts = ([item for each in group for item in each.get("select", {}).values()] for group in (rules, parts))
    return [part for item in own if "use" in item and item not in of_parts for part in _joint_conditions(item, sources)]


def _joint_conditions(condition: dict[str, Any], sources: Sources) -> Iterator[dict[str, Any]]:
    """The conditions of which all must hold, for one that may use others."""
    assert sources.shared is not None  # noqa: S101 - the rule set could be built
    if "use" in condition:
        node = sources.shared.find("conditions", condition["use"])
        yield from _joint_conditions(node.value, sources) if node is not None else ()
    elif "all" in condition:
        yield from (part for each in condition["all"] for part in _joint_conditions(each, sources))
    else:
        yield condition


def _usual_constraint(
    rules: Iterable[dict[str, Any]], ruleset: Ruleset, conditions: Iterable[dict[str, Any]]
) -> tuple[str, str]:
    """The name and column of the constraint that most rules have, and that has most values, which usually separates them."""
    selected = [item for content in rules for item in content.get("select", {}).items()]
    selected += [("chosen", condition) for condition in conditions]
    compared = [(name, item) for name, item in selected if "column" in item and item.keys() & {"is", "in"}]
    usual = Counter((name, item["column"]) for name, item in compared)
    values = {
        each: len({str(item.get("is", item.get("in"))) for name, item in compared if (name, item["column"]) == each})
        for each in usual
    }
    name, column = max(
        usual, key=lambda each: (usual[each], values[each]), default=("chosen", ruleset.members.file_name)
    )
    if column.casefold() not in ruleset.derived:
        return name, column.upper()
    column = _main_pool_column(column.casefold(), ruleset)
    return re.sub("[^a-z0-9]+", "_", column), column.upper()


def _main_pool_column(column: str, ruleset: Ruleset) -> str:
    """The column of the pool that a derived column reads most often, directly or through others."""
    visited = set()
    while column in ruleset.derived and column not in visited:
        visited.add(column)
        conditions = (case.when for case in ruleset.derived[column].cases if case.when is not None)
        read = Counter(name for condition in conditions for leaf in leaves(condition) for name in leaf.columns)
        column = read.most_common(1)[0][0] if read else ruleset.members.file_name
    return column


def schema_comment(kind: str, folder: Path) -> str:
    """The line that names the schema for editors: a relative path inside of a checkout."""
    schema = Path(str(files("asnforge") / "schemas" / f"{kind}.schema.json")).resolve()
    target = Path(os.path.realpath(folder))  # does not raise for a cycle of links
    checkout = schema.parents[3]
    inside = (checkout / "pyproject.toml").is_file() and checkout in target.parents
    path = Path(os.path.relpath(schema, target)) if inside else schema
    return f"# yaml-language-server: $schema={path.as_posix()}"
