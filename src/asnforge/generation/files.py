"""Generate association files from pool files, one pool after another; a failure affects only its own pool."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from asnforge.asnfiles.output_checks import check_names, check_replaced, unexpected_files
from asnforge.asnfiles.portable import MANIFEST, UNUSABLE_NAME, why_unusable
from asnforge.asnfiles.staging import make_folder
from asnforge.asnfiles.write import FolderWriter, Written, write_associations
from asnforge.associations import SUFFIX
from asnforge.atomic import refuse_linked_folders, write_atomically
from asnforge.findings import Finding, FindingCode, InputError
from asnforge.generation.inputs import Evaluated, GenerateOptions, read_inputs
from asnforge.generation.result import Generation
from asnforge.generation.rulesets_together import generate_together
from asnforge.generation.run_summary import RunSummary, summary_of
from asnforge.pieces import may_be_large
from asnforge.pool.file_state import reject_changes
from asnforge.rules.templates import file_name_key
from asnforge.system_errors import memory_for

if TYPE_CHECKING:
    from asnforge.fitsfiles.fits_pool import FitsPool
    from asnforge.generation.pool_in_pieces import LargePool
    from asnforge.pool.open import Source

SHARED_FOLDER = FindingCode(
    "G111",
    "two pools would share a folder",
    "Each of several pools has a folder named after it, and these have the same name.",
    wrong="asnforge generate a/night.tsv b/night.tsv -o out",
    right="asnforge generate a/night.tsv b/dawn.tsv -o out",
)
ORPHANS_REPLACE = FindingCode(
    "G114",
    "orphans would replace another file",
    "The file of --save-orphans is a pool or a rule file that is read, an association file, or the manifest of batches, by its "
    "name or through a link. That file would be lost, so nothing is written.",
    wrong="asnforge generate night.tsv -o out --save-orphans night.tsv",
    right="asnforge generate night.tsv -o out --save-orphans orphans.tsv",
)

ProgressCallback = Callable[[str, float], None]
"""Called with what is being done, and with the number of completed pools, including the completed part of the current one."""

_READ, _GENERATED = 0.3, 0.5
"""The completed part of a pool after it is read, and after its associations are generated; the rest is writing."""


@dataclass(frozen=True, slots=True)
class PoolRun:
    """The result for one pool.

    Attributes
    ----------
    pool : str
        The pool as the user named it.
    folder : Path
        The folder of its associations, also in a dry run.
    generation : Generation or None
        The result of the rules; None if the pool could not be used, or was too large to keep all members.
    written : Written or None
        The files; None for a dry run or a failure.
    findings : tuple of Finding
        All findings.
    seconds : float
        The elapsed time.
    fits : FitsPool or None
        The pool that was made from FITS files.
    parts : tuple of Generation
        The result of each rule set.
    evaluated : tuple of Evaluated
        For each rule set what its rules did, if the options name a report; else empty.
    summary : RunSummary or None
        The result of the rules without members; None if the pool could not be used.
    """

    pool: str
    folder: Path
    generation: Generation | None
    written: Written | None
    findings: tuple[Finding, ...]
    seconds: float
    fits: FitsPool | None = None
    parts: tuple[Generation, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()
    summary: RunSummary | None = None

    @property
    def failed(self) -> bool:
        """Whether something could not be done."""
        return any(finding.severity == "error" for finding in self.findings)


def run_pools(
    pools: Sequence[str], output: Path, options: GenerateOptions, on_progress: ProgressCallback | None = None
) -> Iterator[PoolRun]:
    """Generate from pools, one after another, and write the associations.

    Raises
    ------
    InputError
        Before anything is done: two pools would share a folder, a pool's name cannot be a folder's, or orphans would replace
        an input file.
    """
    folders = _folders(pools, output)
    orphans = _orphans(pools, folders, options)
    for done, (pool, folder) in enumerate(zip(pools, folders, strict=True)):
        yield _run(pool, folder, output, orphans[done], options, partial(_report, on_progress, pool, done))


def rule_files(rule_paths: Iterable[str]) -> Iterator[Path]:
    """Every file that the rules could have been read from, given the files and folders that were named."""
    for path in map(Path, rule_paths):
        if path.is_dir():
            yield from (*path.glob("*.yaml"), *path.glob("*.yml"))
        else:
            yield path


def pool_stem(pool: str) -> str:
    """The name of a pool without folder and extension: ``x_pool`` for ``data/x_pool.tsv.gz``."""
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
        if (first := by_stem.get(file_name_key(stem))) is not None:
            message, hint = "{first} and {pool} would both go to {folder}", "generate them in two runs, or rename one"
            folder = str(output / stem)
            raise InputError(SHARED_FOLDER.finding(message, hint=hint, first=first, pool=pool, folder=folder))
        # A name that consists only of periods is that of a folder, which another finding reports.
        if stem.strip(".") and (reason := why_unusable(stem)) is not None:
            message, hint = "the folder of the pool cannot be called {name:quoted}: {reason}", "rename the pool"
            raise InputError(UNUSABLE_NAME.finding(message, pool, hint=hint, name=stem, reason=reason))
        by_stem[file_name_key(stem)] = pool
    return [output / pool_stem(pool) for pool in pools]


def _orphans(pools: Sequence[str], folders: Sequence[Path], options: GenerateOptions) -> list[Path | None]:
    """The file for the orphans of each pool; none replaces an input file or the manifest of batches."""
    orphans = options.orphans
    if orphans is None:
        return [None] * len(pools)
    files = [orphans] if len(pools) == 1 else [folder / orphans.name for folder in folders]
    inputs = [("pool", pool) for pool in pools] + [("rule file", str(path)) for path in rule_files(options.rule_paths)]
    for file in files:
        for kind, path in inputs:
            if _is_same_file(file, path):
                raise _would_replace(file, f"the {kind} {path}")
        if MANIFEST in (file_name_key(file.name), file_name_key(Path(os.path.realpath(file)).name)):
            raise _would_replace(file, "the manifest of batches")
    return [*files]


def _is_same_file(left: str | os.PathLike[str], right: str | os.PathLike[str]) -> bool:
    """Whether two names lead to the same file, through links of any kind, even if it does not exist yet."""
    if os.path.realpath(left) == os.path.realpath(right):
        return True
    try:
        return os.path.samefile(left, right)  # noqa: PTH121
    except (OSError, ValueError):
        return False


def _would_replace(orphans: Path, target: str) -> InputError:
    message, hint = "the orphans would replace {target}", "choose another file for them"
    return InputError(ORPHANS_REPLACE.finding(message, str(orphans), hint=hint, target=target))


def _report(on_progress: ProgressCallback | None, pool: str, done: int, action: str, part: float) -> None:
    if on_progress is not None:
        on_progress(f"{action} {pool}", done + part)


def _run(
    pool: str, folder: Path, output: Path, orphans: Path | None, options: GenerateOptions, report: ProgressCallback
) -> PoolRun:
    started = perf_counter()
    report("reading", 0)
    inputs: list[str | Path] = [pool, *rule_files(options.rule_paths)]
    try:
        with memory_for(pool), _cut_if_large(pool, options) as (source, large):
            if large is not None:
                from asnforge.generation.pool_in_pieces import NotSeparable

                with suppress(NotSeparable, InputError):  # the whole pool has all findings
                    run = _run_pieces(large, folder, output, orphans, inputs, options, report)
                    return replace(run, seconds=perf_counter() - started)
            run = _run_whole(pool, folder, output, orphans, inputs, options, report, source)
            return replace(run, seconds=perf_counter() - started)
    except InputError as error:
        return PoolRun(pool, folder, None, None, error.findings, perf_counter() - started)


def _cut_if_large(
    pool: str, options: GenerateOptions
) -> AbstractContextManager[tuple[Source | None, LargePool | None]]:
    """A large pool in pieces, if the rules allow that; errors as for `cut_any_pool`."""
    if not may_be_large(pool):
        return nullcontext((None, None))
    from asnforge.generation.pool_in_pieces import cut_any_pool

    return cut_any_pool(pool, options)


def _run_pieces(
    large: LargePool,
    folder: Path,
    output: Path,
    orphans: Path | None,
    inputs: Sequence[str | Path],
    options: GenerateOptions,
    report: ProgressCallback,
) -> PoolRun:
    """The run of a pool that was cut."""
    from asnforge.generation.pool_in_pieces import generate_in_pieces

    refuse_linked_folders(folder, output)
    written: Written | None = None
    orphan_rows: bytes | None = None
    with nullcontext() if options.dry_run else FolderWriter(folder) as writer:
        done = generate_in_pieces(large, options, folder, inputs, writer, partial(report, "generating"))
        names = [association.file_name for association in done.summary.associations]
        if orphans is not None:
            _check_orphans(orphans, folder, names)
            if writer is not None:
                from asnforge.pool.write_rows import encode_rows

                orphan_rows = encode_rows(done.table, done.summary.orphans, orphans)
        findings = done.findings
        if writer is not None:
            written = writer.publish(done.files)
            findings += unexpected_files(folder, set(names))
    _write_orphans(orphans, orphan_rows, options)
    return PoolRun(large.name, folder, None, written, findings, 0, summary=done.summary)


def _run_whole(
    pool: str,
    folder: Path,
    output: Path,
    orphans: Path | None,
    inputs: Sequence[str | Path],
    options: GenerateOptions,
    report: ProgressCallback,
    source: Source | None,
) -> PoolRun:
    """The run of a pool that is read as a whole."""
    findings: tuple[Finding, ...] = ()
    generation: Generation | None = None
    written: Written | None = None
    orphan_rows: bytes | None = None
    fits: FitsPool | None = None
    parts: tuple[Generation, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()
    summary: RunSummary | None = None
    try:
        with memory_for(pool):
            sources = read_inputs(pool, options, lambda part: report("reading", _READ * part), source)
            table, fits = sources[0].pool, sources[0].fits
            report("grouping", _READ)
            with reject_changes(table.path, table.state):
                together = generate_together(sources, options, lambda _: folder)
                generation, parts, evaluated = together.whole, together.parts, together.evaluated
                findings, summary = generation.findings, summary_of(generation, options.rulesets)
                check_names(generation.associations, folder)
                refuse_linked_folders(folder, output)
                names = [association.file_name for association in generation.associations]
                check_replaced(names, folder, inputs)
                if orphans is not None:
                    _check_orphans(orphans, folder, names)
                    if not options.dry_run:
                        from asnforge.pool.write_rows import encode_rows

                        orphan_rows = encode_rows(table, generation.orphans, orphans)
            if not options.dry_run:
                share = (1 - _GENERATED) / max(len(generation.associations), 1)
                written = write_associations(
                    generation.associations, folder, lambda count: report("writing", _GENERATED + share * count)
                )
                findings += unexpected_files(folder, set(names))
            _write_orphans(orphans, orphan_rows, options)
    except InputError as error:
        findings += error.findings
    return PoolRun(pool, folder, generation, written, findings, 0, fits, parts, evaluated, summary)


def _write_orphans(orphans: Path | None, rows: bytes | None, options: GenerateOptions) -> None:
    if orphans is not None and rows is not None:
        make_folder(orphans.parent)
        write_atomically(orphans, rows, follow=orphans == options.orphans)


def _check_orphans(orphans: Path, folder: Path, names: Sequence[str]) -> None:
    """Refuse orphans that would replace an association, of this or another run, directly or through a link."""
    paths = (orphans, Path(os.path.realpath(orphans)))
    for path in paths:
        if os.path.realpath(path.parent) == os.path.realpath(folder):
            for name in names:
                if file_name_key(name) == file_name_key(path.name):
                    raise _would_replace(orphans, f"the association {name}")
    if any(file_name_key(path.name).endswith(SUFFIX) and path.exists() for path in paths):
        raise _would_replace(orphans, "an existing association file")
