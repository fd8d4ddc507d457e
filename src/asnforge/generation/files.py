"""From pool files to association files: each pool read, generated from, written; one that fails does not end the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from asnforge.asnfiles.portable import MANIFEST, unusable
from asnforge.asnfiles.write import (
    SUFFIX,
    Written,
    check_inputs,
    check_names,
    make_folder,
    unexpected_files,
    write_associations,
)
from asnforge.atomic import refuse_linked_folders, write_atomically
from asnforge.findings import Finding, InputError, quoted
from asnforge.generation.engine import ALL_SCOPES, Generation, generate
from asnforge.grouping import codes
from asnforge.grouping.scopes import ScopeChoice
from asnforge.pool import Pool, read_pool
from asnforge.pool.file_state import reject_changes
from asnforge.pool.write import encode_rows
from asnforge.rules.ruleset import Ruleset
from asnforge.rules.templates import file_name_key
from asnforge.system_errors import memory_for

Step = Callable[[str, float], None]
"""What is told of progress: what is being done, and the count of pools that are done, parts of one among it."""

_READ, _GROUPED = 0.3, 0.5
"""How much of a pool is done when it is read, and when associations are generated; the rest is writing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How associations are generated and written.

    Attributes
    ----------
    ruleset : Ruleset
        The rules.
    choice : ScopeChoice
        Which scopes are looked at.
    version_id : str or None
        The keyword ``version_id``.
    merge : bool
        One file for all products of a rule and scope.
    delimiter, pool_format : str or None
        How pools are read, where it is not found from the file.
    orphans : Path or None
        Where the exposures that are in no association go; for several pools, one file in each pool's folder.
    dry_run : bool
        Write nothing.
    rule_paths : tuple of str
        Where the rules were read from, files and folders: the orphans must not replace them.
    """

    ruleset: Ruleset
    choice: ScopeChoice = ALL_SCOPES
    version_id: str | None = None
    merge: bool = False
    delimiter: str | None = None
    pool_format: str | None = None
    orphans: Path | None = None
    dry_run: bool = False
    rule_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolRun:
    """What came of one pool.

    Attributes
    ----------
    pool : str
        The pool as the user named it.
    folder : Path
        Where its associations are, or would be.
    generation : Generation or None
        What was generated; None where the pool could not be used.
    written : Written or None
        What was written; None for a dry run or a failure.
    findings : tuple of Finding
        Everything that was found wrong.
    seconds : float
        How long it took, wall clock.
    """

    pool: str
    folder: Path
    generation: Generation | None
    written: Written | None
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether something could not be done."""
        return any(finding.severity == "error" for finding in self.findings)


def run_pools(pools: Sequence[str], output: Path, settings: Settings, step: Step | None = None) -> Iterator[PoolRun]:
    """Generate from pools, one after another.

    Raises
    ------
    InputError
        Before anything is done: two pools would share a folder, a pool's name cannot be a folder's, or orphans would replace
        a file that is read.
    """
    folders = _folders(pools, output)
    orphans = _orphans(pools, folders, settings)
    for done, (pool, folder) in enumerate(zip(pools, folders, strict=True)):
        yield _run(pool, folder, output, orphans[done], settings, partial(_told, step, pool, done))


def read_with(settings: Settings, path: str) -> Pool:
    """Read what the rules need of a pool; errors as for `asnforge.pool.read_pool`."""
    columns = settings.ruleset.columns_read()
    return read_pool(path, columns=columns, delimiter=settings.delimiter, format=settings.pool_format)


def generate_with(settings: Settings, pool: Pool) -> Generation:
    """Generate the associations of a pool; errors as for `asnforge.generation.engine.generate`."""
    return generate(
        pool, settings.ruleset, choice=settings.choice, version_id=settings.version_id, merge=settings.merge
    )


def pool_stem(pool: str) -> str:
    """The name of a pool without folder and ending: ``x_pool`` for ``data/x_pool.tsv.gz``."""
    if pool == "-":
        return "stdin"
    name = Path(pool).name
    stem = Path(name.removesuffix(".gz")).stem
    return name if stem.strip(".") == "" else stem


def _folders(pools: Sequence[str], output: Path) -> list[Path]:
    if len(pools) == 1:
        return [output]
    by_stem: dict[str, str] = {}
    for pool in pools:
        stem = pool_stem(pool)
        key = file_name_key(stem)
        if key in by_stem:
            message = f"{by_stem[key]} and {pool} would both go to {output / stem}"
            raise InputError(
                Finding(codes.SHARED_FOLDER.code, message, hint="generate them in two runs, or rename one")
            )
        # A name of nothing but periods is no file, as its own line of the report says.
        if stem.strip(".") and (reason := unusable(stem)) is not None:
            message = f"the folder of the pool cannot be called {quoted(stem)}: {reason}"
            raise InputError(Finding(codes.UNUSABLE_NAME.code, message, pool, hint="rename the pool"))
        by_stem[key] = pool
    return [output / pool_stem(pool) for pool in pools]


def _orphans(pools: Sequence[str], folders: Sequence[Path], settings: Settings) -> list[Path | None]:
    """Where the orphans of each pool go; none replaces a file that is read, or the manifest of batches."""
    orphans = settings.orphans
    if orphans is None:
        return [None] * len(pools)
    files = [orphans] if len(pools) == 1 else [folder / orphans.name for folder in folders]
    read = [("pool", pool) for pool in pools] + [("rule file", str(path)) for path in rule_files(settings)]
    for file in files:
        for kind, path in read:
            if _is_same_file(file, path):
                raise _replaced(file, f"the {kind} {path}")
        if file_name_key(file.name) == MANIFEST or file_name_key(Path(os.path.realpath(file)).name) == MANIFEST:
            raise _replaced(file, "the manifest of batches")
    return [*files]


def rule_files(settings: Settings) -> Iterator[Path]:
    """Every file that the rules could have been read from."""
    for path in map(Path, settings.rule_paths):
        if path.is_dir():
            yield from (*path.glob("*.yaml"), *path.glob("*.yml"))
        else:
            yield path


def _is_same_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two names lead to one file, through links of any kind; also where it does not exist yet."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)  # noqa: PTH121
    except (OSError, ValueError):
        return False


def _replaced(orphans: Path, what: str) -> InputError:
    message = f"the orphans would replace {what}"
    return InputError(Finding(codes.OVER_POOL.code, message, str(orphans), hint="choose another file for them"))


def _told(step: Step | None, pool: str, before: int, what: str, part: float) -> None:
    if step is not None:
        step(f"{what} {pool}", before + part)


def _run(pool: str, folder: Path, output: Path, orphans: Path | None, settings: Settings, step: Step) -> PoolRun:
    started = perf_counter()
    step("reading", 0)
    findings: tuple[Finding, ...] = ()
    generation: Generation | None = None
    written: Written | None = None
    orphan_rows: bytes | None = None
    try:
        with memory_for(pool):
            table = read_with(settings, pool)
            step("grouping", _READ)
            with reject_changes(table.path, table.state):
                generation = generate_with(settings, table)
                findings = generation.findings
                check_names(generation.associations, folder)
                refuse_linked_folders(folder, output)
                names = (association.file_name for association in generation.associations)
                check_inputs(names, folder, (pool, *rule_files(settings)))
                if orphans is not None:
                    _check_orphans(orphans, folder, generation)
                    if not settings.dry_run:
                        orphan_rows = encode_rows(table, generation.orphans, orphans)
            if not settings.dry_run:
                share = (1 - _GROUPED) / max(len(generation.associations), 1)
                written = write_associations(
                    generation.associations, folder, lambda count: step("writing", _GROUPED + share * count)
                )
                findings += unexpected_files(folder, {path.name for path in written.paths})
            if orphans is not None and orphan_rows is not None:
                make_folder(orphans.parent)
                write_atomically(orphans, orphan_rows, follow=orphans == settings.orphans)
    except InputError as stop:
        findings += stop.findings
    return PoolRun(pool, folder, generation, written, findings, perf_counter() - started)


def _check_orphans(orphans: Path, folder: Path, generation: Generation) -> None:
    """Refuse orphans in the place of an association, named directly or through a link; of another run's, too."""
    for path in (orphans, Path(os.path.realpath(orphans))):
        if os.path.realpath(path.parent) != os.path.realpath(folder):
            continue
        for association in generation.associations:
            if file_name_key(association.file_name) == file_name_key(path.name):
                raise _replaced(orphans, f"the association {association.file_name}")
    for path in (orphans, Path(os.path.realpath(orphans))):
        if file_name_key(path.name).endswith(SUFFIX) and path.exists():
            raise _replaced(orphans, "an association file that is there")
