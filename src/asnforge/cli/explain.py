"""``asnforge explain``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from asnforge.cli.commands import Command
from asnforge.cli.fits_options import files_option, fits_options, pop_fits_options, print_summary, with_fits
from asnforge.cli.options import combine_option, generate_options, pool_options, rule_options, scope_options
from asnforge.cli.terminal import echo_json, echo_json_lines, echo_json_parts, echo_lines, width

_Form = Literal["text", "json", "jsonl"]
"""How the answer is printed."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asnforge.explain import Traces
    from asnforge.explain.model import Orphans, WhyNot
    from asnforge.generation.inputs import PoolInput
    from asnforge.rules.ruleset import Ruleset


@click.command(
    cls=Command,
    no_args_is_help=True,
    examples=[
        ("Why is the exposure in line 2 of the pool in its associations, or in none?", "asnforge explain pool.tsv 2"),
        ("List the exposures that are in no association, by reason:", "asnforge explain pool.tsv --orphans"),
    ],
)
@click.argument("pool", metavar="POOL")
@click.argument("exposures", nargs=-1, metavar="[EXPOSURE...]")
@click.option("--all", "every", is_flag=True, help="Show every constraint that fails, every orphan, every rule.")
@click.option(
    "--why-not",
    nargs=2,
    metavar="A B",
    help="Explain why two exposures, or an exposure and a product, are in no association together.",
)
@click.option("--orphans", is_flag=True, help="List the exposures that are in no association, by reason.")
@scope_options
@rule_options
@pool_options
@combine_option
@files_option
@fits_options
@click.option("--json", "as_json", is_flag=True, help="Print the explanations as JSON.")
@click.option("--jsonl", "as_lines", is_flag=True, help="Print them as JSON, one object on each line.")
@click.option("-v", "--verbose", is_flag=True, help="Show every warning about FITS files.")
def command(
    pool: str,
    exposures: tuple[str, ...],
    every: bool,
    why_not: tuple[str, str] | None,
    orphans: bool,
    files: tuple[str, ...],
    as_json: bool,
    as_lines: bool,
    verbose: bool,
    **shared: Any,
) -> None:
    """Explain why an exposure is in an association, or in none.

    POOL is a table of exposures, or a folder, a pattern or FITS files, as for 'asnforge generate'. EXPOSURE is a file name,
    that of any product of the exposure, a pattern such as '*_00002_*', or a line of POOL. The output lists the rules that
    select it, with the associations, and for every other rule the first constraint that rejects it: the value required and
    the value found. Without EXPOSURE each exposure of the pool has a line. Several rule sets are explained together, and
    the output names the rule set of each rule. Exit status: 0 done; 2 the pool or a rule cannot be
    read, or there is no such exposure.
    """
    from asnforge.explain import Traces
    from asnforge.explain.orphans_in_pieces import find_orphans_in_pieces
    from asnforge.explain.several_rulesets import trace_inputs
    from asnforge.generation.inputs import read_inputs
    from asnforge.generation.pool_in_pieces import NotSeparable, cut_large_pool
    from asnforge.system_errors import memory_for

    fits_values = pop_fits_options(shared)
    options = generate_options((pool, *exposures), **shared)
    pools, exposures = _split(pool, exposures, options.ruleset)
    if sum((bool(exposures), why_not is not None, orphans)) > 1:
        raise click.UsageError("EXPOSURE, --why-not and --orphans are mutually exclusive: give one of them.")
    if as_json and as_lines:
        raise click.UsageError("--json and --jsonl are mutually exclusive: give one of them.")
    form: _Form = "json" if as_json else "jsonl" if as_lines else "text"
    (name,), options = with_fits(pools, files, options, fits_values)
    with memory_for(name):
        if orphans and not options.choice.ids and (large := cut_large_pool(name, options)) is not None:
            with suppress(NotSeparable):
                _show_orphans(find_orphans_in_pieces(large, options), every, form)
                return
        sources = read_inputs(name, options)
        for fits in [source.fits for source in sources if source.fits is not None][:1]:
            print_summary(fits, verbose=verbose)
        traces = Traces(trace_inputs(sources, options))
        if why_not is not None:
            one, other = (_names(sources, exposure) for exposure in why_not)
            _show_why_not(traces.why_not(one, other), every, form)
        elif orphans:
            _show_orphans(traces.orphans(), every, form)
        else:
            _show_exposures(traces, [_names(sources, exposure) for exposure in exposures], every, form)


def _split(pool: str, arguments: tuple[str, ...], ruleset: Ruleset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pool, which can be several FITS files or folders, and the exposures.

    A FITS file is an exposure to explain where the pool is a folder, and part of the pool where the pool begins with a file.
    """
    from asnforge.fitsfiles.find_fits import is_fits_input

    if not is_fits_input(pool, ruleset.headers):
        return (pool,), arguments
    is_file = Path(pool).is_file()
    more = tuple(
        argument
        for argument in arguments
        if Path(argument).is_dir()
        or (is_file and Path(argument).is_file() and is_fits_input(argument, ruleset.headers))
    )
    return (pool, *more), tuple(argument for argument in arguments if argument not in more)


def _names(sources: Sequence[PoolInput], name: str) -> list[str]:
    """For each rule set the exposure that a user names: the line of a FITS file, whatever its name is, or the name."""
    rows = [None if source.fits is None else source.fits.row_of(name) for source in sources]
    return [name if row is None else str(source.pool.lines[row]) for source, row in zip(sources, rows, strict=True)]


def _show_exposures(traces: Traces, names: Sequence[Sequence[str]], every: bool, form: _Form) -> None:
    from asnforge.explain.explain_report import brief_text, explanation_text
    from asnforge.explain.explanation_json import json_array, json_lines

    found = [traces.find(each) for each in names]
    rows = [[row for each in found for row in each[index]] for index in range(len(traces.each))]
    explanations = traces.explain(rows, every) if names else traces.explain_all(every)
    if form != "text":
        echo_json_parts(json_array(explanations) if form == "json" else json_lines(explanations))
    elif names:
        for number, explanation in enumerate(explanations):
            echo_lines(("\n" if number else "") + explanation_text(explanation, width()))
    else:
        echo_lines(brief_text(traces.whereabouts(), width()))


def _show_orphans(orphans: tuple[Orphans, ...], every: bool, form: _Form) -> None:
    from asnforge.explain.explain_report import orphans_text
    from asnforge.explain.explanation_json import orphans_array, orphans_lines

    if form != "text":
        echo_json_parts(orphans_array(orphans) if form == "json" else orphans_lines(orphans))
    else:
        echo_lines(orphans_text(orphans, every, width()))


def _show_why_not(result: WhyNot, every: bool, form: _Form) -> None:
    from asnforge.explain.explain_report import why_not_text

    if form == "json":
        echo_json(result.as_dict())
    elif form == "jsonl":
        echo_json_lines([result.as_dict()])
    else:
        echo_lines(why_not_text(result, every, width()))
