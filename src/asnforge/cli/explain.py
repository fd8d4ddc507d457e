"""``asnforge explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from asnforge.cli.options import check_ids, load_rules, pool_options, rule_options, scope_choice, scope_options
from asnforge.cli.terminal import echo_json, echo_lines, width

if TYPE_CHECKING:
    from asnforge.explain import Trace


@click.command(no_args_is_help=True)
@click.argument("pool", metavar="POOL")
@click.argument("exposures", nargs=-1, metavar="[EXPOSURE...]")
@click.option("--all", "every", is_flag=True, help="Show every constraint that fails, every orphan, every rule.")
@click.option("--why-not", nargs=2, metavar="A B", help="Explain why two exposures are in no association together.")
@click.option("--orphans", is_flag=True, help="List the exposures that are in no association, by reason.")
@scope_options
@rule_options
@pool_options
@click.option("--json", "as_json", is_flag=True, help="Print the explanations as JSON.")
def command(
    pool: str,
    exposures: tuple[str, ...],
    every: bool,
    why_not: tuple[str, str] | None,
    orphans: bool,
    all_candidates: bool,
    discover: bool,
    ids: tuple[str, ...],
    rules: tuple[str, ...],
    ignore_default: bool,
    only: tuple[str, ...],
    delimiter: str | None,
    pool_format: str | None,
    as_json: bool,
) -> None:
    """Explain why an exposure is in an association, or in none.

    EXPOSURE is a file name, a pattern such as '*_00002_*', or a line of POOL. The output lists the rules that select it, with
    the associations, and for every other rule the first constraint that rejects it: the value required and the value found.
    Without EXPOSURE each exposure of the pool has a line. Exit status: 0 done; 2 the pool or a rule cannot be read, or there is
    no such exposure.
    """
    from asnforge.explain import trace_rules
    from asnforge.pool.read import read_pool
    from asnforge.system_errors import memory_for

    if sum((bool(exposures), why_not is not None, orphans)) > 1:
        raise click.UsageError("EXPOSURE, --why-not and --orphans are mutually exclusive: give one of them.")
    ruleset = load_rules(rules, ignore_default, only)
    choice = scope_choice(all_candidates, discover, ids)
    check_ids(ids, (pool, *exposures), ruleset)
    with memory_for(pool):
        read = read_pool(pool, columns=ruleset.columns_read(), delimiter=delimiter, format=pool_format)
        trace = trace_rules(read, ruleset, choice)
        if why_not is not None:
            _show_why_not(trace, why_not, every, as_json)
        elif orphans:
            _show_orphans(trace, every, as_json)
        else:
            _show_exposures(trace, exposures, every, as_json)


def _show_exposures(trace: Trace, names: tuple[str, ...], every: bool, as_json: bool) -> None:
    from asnforge.explain import explain_all, explain_exposure, find_exposures, whereabouts
    from asnforge.explain.explain_report import brief_text, explanation_text

    column = trace.ruleset.members.file_name
    rows = dict.fromkeys(row for name in names for row in find_exposures(trace.pool, column, name))
    explanations = (explain_exposure(trace, row, every) for row in rows) if rows else explain_all(trace, every)
    if as_json:
        echo_json([explanation.as_dict() for explanation in explanations])
    elif names:
        echo_lines("\n\n".join(explanation_text(explanation, width()) for explanation in explanations))
    else:
        echo_lines(brief_text(whereabouts(trace), width()))


def _show_orphans(trace: Trace, every: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from asnforge.explain import find_orphans
    from asnforge.explain.explain_report import orphans_text

    orphans = find_orphans(trace)
    if as_json:
        echo_json([asdict(entry) for entry in orphans])
    else:
        echo_lines(orphans_text(orphans, every, width()))


def _show_why_not(trace: Trace, names: tuple[str, str], every: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from asnforge.explain import find_exposure, why_not
    from asnforge.explain.explain_report import why_not_text

    first, second = (find_exposure(trace.pool, trace.ruleset.members.file_name, name) for name in names)
    result = why_not(trace, first, second)
    if as_json:
        echo_json(asdict(result))
    else:
        echo_lines(why_not_text(result, every, width()))
