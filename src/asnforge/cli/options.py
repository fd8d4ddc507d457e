"""Options that several verbs share, and what they stand for."""

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
    from asnforge.grouping.scopes import ScopeChoice
    from asnforge.rules.model import Ruleset

_F = TypeVar("_F", bound=Callable[..., Any])

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ID = re.compile(r"[A-Za-z0-9_+-]+")
_BETWEEN_IDS = re.compile(r"[\s,;\[\](){}'\"]+")
NOW = "<now>"
"""What stands for the time: no text that a version can be."""


def rule_options(function: _F) -> _F:
    """``--rules``, ``--ignore-default`` and ``--only``."""
    for option in (
        click.option("--only", metavar="RULE", multiple=True, help="Only this rule; repeatable."),
        click.option("--ignore-default", is_flag=True, help="Leave the default rule set out."),
        click.option(
            "-r",
            "--rules",
            metavar="PATH",
            multiple=True,
            help="A rule set, a folder of rules or a rule file, added to the default rule set; a rule of the same name "
            "replaces. Repeatable.",
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


def pool_options(function: _F) -> _F:
    """``--delimiter`` and ``--format``."""
    for option in (
        click.option(
            "--format", "--pool-format", "pool_format", metavar="NAME", help="The pool's format, as astropy names it."
        ),
        click.option(
            "-d", "--delimiter", metavar="CHARACTER", help="What stands between cells; found from the header line."
        ),
    ):
        function = option(function)
    return function


def version_option(function: _F) -> _F:
    """``--version-id``, bare or with a text."""
    option = click.option(
        "--version-id",
        is_flag=False,
        flag_value=NOW,
        metavar="[TEXT]",
        help="Put a version into keyword and file names: this text, or without one the time now.",
    )
    return option(function)


def merge_option(function: _F) -> _F:
    """``--merge``."""
    option = click.option(
        "--merge",
        is_flag=True,
        help="One file for all products of a rule and scope. Stage 3 pipelines make only the first product of a file.",
    )
    return option(function)


def limit_option(what: str) -> Callable[[_F], _F]:
    """``--limit``: how many differences are shown, of or in `what`."""
    return click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=20,
        show_default=True,
        metavar="N",
        help=f"Show at most N differences{what}; 0 for all.",
    )


def load_rules(rules: Sequence[str], ignore_default: bool, only: Sequence[str] = ()) -> Ruleset:
    """The rule set that the options ask for; a name of a shipped rule set stands for its folder."""
    from asnforge.rulefiles.load import load_ruleset

    if ignore_default and not rules:
        raise click.UsageError("--ignore-default leaves no rules: name some with --rules.")
    ruleset = load_ruleset(*rules, default=not ignore_default)
    return ruleset.only(*only) if only else ruleset


def check_report(option: str, report: str | None, inputs: Iterable[str | None]) -> None:
    """Refuse a report that would replace a file that the verb reads.

    Parameters
    ----------
    option : str
        The option that names the report.
    report : str or None
        The report's file.
    inputs : iterable of str or None
        Files and folders that are read. Of a folder, the files with the endings of associations and of YAML count.

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
            raise click.UsageError(f"{option} {report}: it is one of the files that are read, so name another.")


def rule_paths(rules: Sequence[str], ignore_default: bool) -> tuple[str, ...]:
    """Where the rules of `load_rules` are read from, files and folders."""
    from asnforge.rulefiles.load import with_shared_blocks
    from asnforge.rulefiles.shipped import default_ruleset, resolve

    named = [] if ignore_default else [default_ruleset()]
    for rule in rules:
        named += with_shared_blocks(resolve(rule))
    return tuple(map(str, named))


def check_ids(ids: Sequence[str], arguments: Sequence[str], ruleset: Ruleset) -> None:
    """Refuse arguments that are most likely meant for ``--ids``: candidate ids where there is no file of the name.

    Parameters
    ----------
    ids : sequence of str
        What ``--ids`` was given.
    arguments : sequence of str
        The command's other arguments.
    ruleset : Ruleset
        The rules, for what an id is.
    """
    from asnforge.rules.regex import compiled

    is_id = compiled(ruleset.candidates.id).matches
    discovered = ruleset.candidates.discovered_id
    meant = [
        text
        for text in arguments
        if ids
        and _ID.fullmatch(text)
        and (is_id(text.casefold()) or text.casefold() == discovered)
        and not Path(text).exists()
    ]
    if meant:
        raise click.UsageError(f"{meant[0]} is not a file: {_each_id([*ids, *meant])}")


def scope_choice(all_candidates: bool, discover: bool, ids: Sequence[str]) -> ScopeChoice:
    """The scopes that the options ask for."""
    from asnforge.grouping.scopes import ScopeChoice

    for text in ids:
        several = [part for part in _BETWEEN_IDS.split(text) if part]
        if several and several != [text]:
            raise click.UsageError(f"--ids {quoted(text)} is not a candidate id: {_each_id(several)}")
    if sum((all_candidates, discover, bool(ids))) > 1:
        raise click.UsageError("--all-candidates, --discover and --ids exclude each other: give one of them.")
    return ScopeChoice(candidates=not discover, discovered=not all_candidates, ids=tuple(ids))


def _each_id(ids: Sequence[str]) -> str:
    return f"give -i for each: {' '.join(f'-i {truncated(text)}' for text in ids)}"


def version_text(version_id: str | None) -> str | None:
    """The version id that the option asks for: the time in UTC where it is bare (docs/format.md#keywords).

    ``SOURCE_DATE_EPOCH``, seconds since 1970, stands in for the time, so that a run can be repeated to the byte.
    """
    if version_id is None:
        return None
    if version_id == NOW:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        try:
            time = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, not seconds since 1970.") from error
        return time.strftime("%Y%m%dt%H%M%S")
    if "." in version_id and Path(version_id).is_file():
        raise click.UsageError(
            f"--version-id took the file {version_id} as its text: write --version-id behind the pools."
        )
    if not _VERSION.fullmatch(version_id):
        raise click.UsageError(
            f"--version-id {version_id!r}: it is part of file names, so letters, digits, '.', '_' and '-'."
        )
    return version_id
