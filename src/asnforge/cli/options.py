"""Options that several commands share, and the values they are converted to."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from asnforge.findings import quoted, truncated

if TYPE_CHECKING:
    from asnforge.generation.inputs import GenerateOptions
    from asnforge.grouping.scopes import ScopeChoice
    from asnforge.rules.ruleset import Ruleset

_F = TypeVar("_F", bound=Callable[..., Any])

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ID = re.compile(r"[A-Za-z0-9_+-]+")
_ID_DELIMITERS = re.compile(r"[\s,;\[\](){}'\"]+")
NOW = "<now>"
"""The value of a bare ``--version-id``, which no version ID can have."""


def rule_options(function: _F) -> _F:
    """``--rules``, ``--ignore-default`` and ``--only``."""
    only = click.option("--only", metavar="RULE", multiple=True, help="Only this rule; repeatable.")
    return _rules_option(only(function), "that is added to it and replaces rules of the same name")


def ruleset_options(function: _F) -> _F:
    """``--rules`` and ``--ignore-default``, for commands that need all rules."""
    return _rules_option(function, "that is added to it")


def _rules_option(function: _F, added: str) -> _F:
    for option in (
        click.option("--ignore-default", is_flag=True, help="Do not add rule files to the default rule set."),
        click.option(
            "-r",
            "--rules",
            metavar="PATH",
            multiple=True,
            help=f"A rule set, used instead of the default one, or a rule file or folder of rules {added}. Repeatable.",
        ),
    ):
        function = option(function)
    return function


def scope_options(function: _F) -> _F:
    """``--all-candidates``, ``--discover`` and ``--ids``."""
    for option in (
        click.option("-i", "--ids", metavar="ID", multiple=True, help="Only this candidate, such as o001; repeatable."),
        click.option("--discover", is_flag=True, help="Only associations over the whole pool."),
        click.option("--all-candidates", is_flag=True, help="Only associations of the pool's candidates."),
    ):
        function = option(function)
    return function


def where_option(function: _F) -> _F:
    """``--where``."""
    option = click.option(
        "--where",
        metavar="CONDITION",
        multiple=True,
        help="Use only exposures with a value of a column: FILTER=F770W, FILTER=F770W,F1000W or FILTER!=F770W. Repeatable.",
    )
    return option(function)


def pool_options(function: _F) -> _F:
    """``--delimiter``, ``--format`` and ``--where``."""
    return table_options(where_option(function))


def table_options(function: _F) -> _F:
    """``--delimiter`` and ``--format``."""
    for option in (
        click.option(
            "--format",
            "--pool-format",
            "pool_format",
            metavar="NAME",
            help="Table format, by its astropy name. [default: detected]",
        ),
        click.option(
            "-d", "--delimiter", metavar="CHARACTER", help="Field delimiter. [default: detected from the header]"
        ),
    ):
        function = option(function)
    return function


def version_option(function: _F) -> _F:
    """``--version-id``, bare or with a value."""
    option = click.option(
        "--version-id",
        is_flag=False,
        flag_value=NOW,
        metavar="[ID]",
        help="Version ID for file names and the version_id keyword. [default when bare: current UTC time]",
    )
    return option(function)


def merge_option(function: _F) -> _F:
    """``--merge``."""
    option = click.option(
        "--merge",
        is_flag=True,
        help="Write one file for all products of a rule and scope. Stage 3 pipelines make only the first product of a file.",
    )
    return option(function)


def combine_option(function: _F) -> _F:
    """``--combine``."""
    option = click.option(
        "--combine",
        metavar="NAME",
        multiple=True,
        help="Combine exposures that rules keep apart: observation, target or program, by the rule set. Only the whole pool is "
        "processed then, or the candidates of --ids. Repeatable.",
    )
    return option(function)


def product_option(function: _F) -> _F:
    """``--product``."""
    option = click.option(
        "--product",
        metavar="TEMPLATE",
        help="The template of all product names, instead of those of the rules: text and name parts in braces, such as "
        "'deep_{instrument}_{optical_elements}'.",
    )
    return option(function)


def html_option(what: str) -> Callable[[_F], _F]:
    """``--html``: a page that shows `what`."""
    return click.option("--html", metavar="FILE", help=f"Also write a page that shows {what} in a browser.")


def limit_option(for_each: str = "") -> Callable[[_F], _F]:
    """``--limit``: the number of differences to show, in total or, with `for_each`, for each part of the output."""
    return click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=20,
        show_default=True,
        metavar="N",
        help=f"Show at most N differences{for_each}; 0 for all.",
    )


def load_rules(rules: Sequence[str], ignore_default: bool, only: Sequence[str] = ()) -> Ruleset:
    """Load the rule set that the options name; the name of a shipped rule set means its folder."""
    from asnforge.rulefiles.load import load_ruleset

    _refuse_no_rules(rules, ignore_default)
    ruleset = load_ruleset(*rules, default=not ignore_default)
    return ruleset.only(*only) if only else ruleset


def load_all_rules(rules: Sequence[str], ignore_default: bool, only: Sequence[str] = ()) -> tuple[Ruleset, ...]:
    """Load the rule sets that the options name, as `load_rules`; with `only`, those that have one of these rules."""
    from asnforge.rulefiles.load import load_rulesets

    _refuse_no_rules(rules, ignore_default)
    return load_rulesets(*rules, default=not ignore_default, only=only)


def _refuse_no_rules(rules: Sequence[str], ignore_default: bool) -> None:
    if ignore_default and not rules:
        raise click.UsageError("--ignore-default leaves no rules: name some with --rules.")


def check_report(option: str, report: str | None, inputs: Iterable[str | None]) -> None:
    """Reject a report that would replace an input file.

    Parameters
    ----------
    option : str
        The option that names the report.
    report : str or None
        The report's file.
    inputs : iterable of str or None
        Files and folders that are read; in a folder, the JSON and YAML files are.

    Raises
    ------
    click.UsageError
        The report is one of these files, by its name or through a link.
    """
    if report is None or not Path(report).exists():
        return
    real = Path(report).resolve()
    for name in filter(None, inputs):
        path = Path(name)
        if path.is_dir():
            is_input = real.name.endswith((".json", ".yaml", ".yml")) and path.resolve() in real.parents
        else:
            is_input = path.exists() and path.samefile(report)
        if is_input:
            raise click.UsageError(f"{option} {report}: it is an input file; name another file.")


def rule_paths(rules: Sequence[str], rulesets: Iterable[Ruleset]) -> tuple[str, ...]:
    """The files and folders that `load_rules` reads."""
    from asnforge.rulefiles.load import complete_path
    from asnforge.rulefiles.shipped import resolve

    named = [complete_path(resolve(rule)) for rule in rules]
    read = [Path(rule.location.file).parent for ruleset in rulesets for rule in ruleset.rules]
    return tuple(map(str, dict.fromkeys((*named, *read))))


def check_ids(ids: Sequence[str], arguments: Sequence[str], ruleset: Ruleset) -> None:
    """Reject arguments that are most likely meant for ``--ids``: candidate ids that do not name a file.

    Parameters
    ----------
    ids : sequence of str
        The values of ``--ids``.
    arguments : sequence of str
        The other arguments of the command.
    ruleset : Ruleset
        The rules, which define the pattern of ids.
    """
    from asnforge.rules.regex import compiled

    is_id = compiled(ruleset.candidates.id).matches
    discovered = ruleset.candidates.discovered_id
    misplaced = [
        argument
        for argument in arguments
        if ids
        and _ID.fullmatch(argument)
        and (is_id(argument.casefold()) or argument.casefold() == discovered)
        and not Path(argument).exists()
    ]
    if misplaced:
        raise click.UsageError(f"{misplaced[0]} is not a file: {_repeat_option([*ids, *misplaced])}")


def generate_options(
    arguments: Sequence[str],
    *,
    all_candidates: bool,
    discover: bool,
    ids: Sequence[str],
    rules: Sequence[str],
    ignore_default: bool,
    only: Sequence[str],
    delimiter: str | None,
    pool_format: str | None,
    where: Sequence[str] = (),
    version_id: str | None = None,
    merge: bool = False,
    combine: Sequence[str] = (),
    product: str | None = None,
) -> GenerateOptions:
    """How to generate, from the options that several commands share; `arguments` are those of the command."""
    from asnforge.generation.inputs import GenerateOptions
    from asnforge.grouping.selection import read_conditions
    from asnforge.rules.rule_options import with_rule_options

    rulesets = load_all_rules(rules, ignore_default, only)
    for ruleset in rulesets:
        check_ids(ids, arguments, ruleset)
    if combine and all_candidates:
        raise click.UsageError("--combine joins exposures of several candidates: leave out --all-candidates.")
    changed = tuple(with_rule_options(ruleset, combine, product) for ruleset in rulesets)
    return GenerateOptions(
        ruleset=changed[0],
        more_rulesets=changed[1:],
        choice=scope_choice(all_candidates, discover, ids),
        version_id=version_id,
        merge=merge,
        delimiter=delimiter,
        pool_format=pool_format,
        rule_paths=rule_paths(rules, rulesets),
        where=read_conditions(where),
    )


def scope_choice(all_candidates: bool, discover: bool, ids: Sequence[str]) -> ScopeChoice:
    """The scopes that the options select."""
    from asnforge.grouping.scopes import ScopeChoice

    for value in ids:
        several = [part for part in _ID_DELIMITERS.split(value) if part]
        if several and several != [value]:
            raise click.UsageError(f"--ids {quoted(value)} is not a candidate id: {_repeat_option(several)}")
    if sum((all_candidates, discover, bool(ids))) > 1:
        raise click.UsageError("--all-candidates, --discover and --ids are mutually exclusive: give one of them.")
    return ScopeChoice(candidates=not discover, discovered=not all_candidates, ids=tuple(ids))


def _repeat_option(ids: Sequence[str]) -> str:
    return f"give -i for each: {' '.join(f'-i {truncated(value)}' for value in ids)}"


def version_of(version_id: str | None) -> str | None:
    """The version ID of the option: the current UTC time if it is bare (docs/format.md#keywords).

    ``SOURCE_DATE_EPOCH``, seconds since 1970, replaces the current time, so that a run can be repeated to the byte.
    """
    if version_id is None:
        return None
    if version_id == NOW:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        try:
            time = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise click.UsageError(f"SOURCE_DATE_EPOCH is {quoted(epoch)}, not seconds since 1970.") from error
        return time.strftime("%Y%m%dt%H%M%S")
    if "." in version_id and Path(version_id).is_file():
        raise click.UsageError(
            f"--version-id took the file {version_id} as its value: write --version-id after the pools."
        )
    if not _VERSION.fullmatch(version_id):
        raise click.UsageError(
            f"--version-id {quoted(version_id)}: it is part of file names, so use only letters, digits, '.', '_' and '-'."
        )
    return version_id
