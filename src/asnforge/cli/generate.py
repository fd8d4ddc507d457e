"""``asnforge generate``."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from asnforge.cli.options import (
    check_ids,
    load_rules,
    merge_option,
    pool_options,
    rule_options,
    rule_paths,
    scope_choice,
    scope_options,
    version_option,
    version_text,
)

if TYPE_CHECKING:
    from asnforge.generation.files import PoolRun


@click.command(no_args_is_help=True)
@click.argument("pools", nargs=-1, metavar="POOL...")
@click.option(
    "-o", "--output", "-p", "--path", "output", default=".", metavar="DIR", help="Where associations go; '.' else."
)
@scope_options
@rule_options
@pool_options
@version_option
@click.option(
    "--save-orphans",
    metavar="FILE",
    help="Write the exposures that are in no association, as a pool; those of several pools to a file of this name in "
    "each one's folder.",
)
@merge_option
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option(
    "--strict", is_flag=True, help="Exit status 1 where there are warnings; degraded members are not warnings."
)
@click.option("--DMS", is_flag=True, hidden=True, expose_value=False, help="No effect: there is one way to run.")
@click.option("--no-merge", is_flag=True, hidden=True, expose_value=False, help="No effect: this is the default.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Show every warning and every file.")
def command(
    pools: tuple[str, ...],
    output: str,
    all_candidates: bool,
    discover: bool,
    ids: tuple[str, ...],
    rules: tuple[str, ...],
    ignore_default: bool,
    only: tuple[str, ...],
    delimiter: str | None,
    pool_format: str | None,
    version_id: str | None,
    save_orphans: str | None,
    merge: bool,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    verbose: bool,
) -> None:
    """Generate associations from pools.

    POOL is a table of exposures, - for standard input. The associations of one pool go to DIR, those of several to a
    folder for each: DIR/POOL without its ending. Exit status: 0 done, 1 warnings and --strict, 2 a pool or a rule cannot be
    read or DIR not be written.
    """
    from asnforge.cli.generate_report import show_json, show_run, show_summary
    from asnforge.cli.progress import progress
    from asnforge.cli.streams import keep_working
    from asnforge.generation.files import Settings, run_pools

    started = perf_counter()
    version = version_text(version_id)
    if not pools:
        raise click.UsageError("Name a pool.")
    if "" in (output, save_orphans):
        raise click.UsageError(f"{'--save-orphans' if output else '--output'} is empty: name one, or leave it out.")
    if save_orphans is not None:
        _check_orphans(save_orphans, pools)
    ruleset = load_rules(rules, ignore_default, only)
    check_ids(ids, pools, ruleset)
    settings = Settings(
        ruleset=ruleset,
        choice=scope_choice(all_candidates, discover, ids),
        version_id=version,
        merge=merge,
        delimiter=delimiter,
        pool_format=pool_format,
        orphans=None if save_orphans is None else Path(save_orphans),
        dry_run=dry_run,
        rule_paths=rule_paths(rules, ignore_default),
    )
    runs: list[PoolRun] = []
    if not dry_run:
        keep_working()
    with progress(len(pools), quiet=as_json) as step:
        for run in run_pools(pools, Path(output), settings, step):
            runs.append(run)
            if not as_json:
                show_run(run, ruleset, verbose=verbose, dry_run=dry_run)
    if as_json:
        show_json(runs, ruleset)
    else:
        show_summary(runs, ruleset, perf_counter() - started, dry_run=dry_run)
    if any(run.failed for run in runs):
        sys.exit(2)
    sys.exit(1 if strict and any(run.findings for run in runs) else 0)


def _check_orphans(file: str, pools: tuple[str, ...]) -> None:
    """Refuse what would be written elsewhere than its words say."""
    if file == "-":
        raise click.UsageError("--save-orphans writes a file, not standard output: name one.")
    if len(pools) > 1 and Path(file).name != file:
        raise click.UsageError(
            f"--save-orphans {file}: those of several pools go to the folder of each, so give a name without a folder."
        )
