"""What is worth knowing about a result: warnings about exposures and groups, and about the associations of a pool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from asnforge.associations.conflicts import shared_products
from asnforge.associations.dependence_graph import shared_product_files
from asnforge.associations.model import Association
from asnforge.associations.pipeline_use import merged_products, shared_science_names, unusable_groups
from asnforge.findings import Finding, FindingCode
from asnforge.grouping.wildcard_limit import too_many_findings
from asnforge.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from asnforge.generation.engine import Grouping

NAME_KEPT = FindingCode(
    "G105",
    "the file name of a member is not changed",
    "The rule set derives member names from file names by a pattern that this name does not match. The member keeps the name "
    "that it has in the pool.",
    wrong="FILE|PROPOSAL|CAMERA\na.fits|7|red",
    right="FILE|PROPOSAL|CAMERA\na_raw.fits|7|red",
)


def grouping_notes(grouping: Grouping, ruleset: Ruleset) -> Iterator[Finding]:
    """The warnings about the pool, its exposures and their groups."""
    prepared, namer = grouping.prepared, grouping.namer
    pool, column = prepared.pool, ruleset.members.file_name
    yield from pool.findings
    yield from prepared.findings
    for row in np.flatnonzero((grouping.in_association & ~namer.is_changed)[: prepared.exposures]).tolist():
        yield NAME_KEPT.finding(
            "{column} {value} does not match the file names of {ruleset}; kept unchanged",
            pool.location(row),
            severity="warning",
            column=column.upper(),
            value=pool.columns[column][row],
            ruleset=ruleset.name,
        )
    groups = ((result.rule, result.members.groups.not_made) for result in grouping.results)
    yield from too_many_findings(groups, grouping.scopes, ruleset, pool.path)
    yield from unusable_groups(grouping.results, grouping.kept, namer, ruleset)
    yield from shared_science_names(grouping.kept, namer)


def association_notes(associations: tuple[Association, ...], ruleset: Ruleset, pool: str) -> Iterator[Finding]:
    """The warnings about the associations of a pool as a whole; `pool` is its path."""
    yield from shared_products(associations, ruleset, pool)
    yield from shared_product_files(associations, ruleset, pool)
    yield from merged_products(associations, ruleset, pool)
