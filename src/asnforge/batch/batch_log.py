"""The log of a batch: what the manifest proves to be done, and the record of each pool that is done now."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from time import perf_counter

from asnforge.asnfiles.output_checks import unexpected_files
from asnforge.asnfiles.staging import OutputFile
from asnforge.batch.fingerprint import digest, ruleset_digest
from asnforge.batch.journal import Journal
from asnforge.batch.manifest import DONE, FAILED, Manifest, Record, outputs_fingerprint, outputs_unchanged
from asnforge.batch.output import remove_stale
from asnforge.batch.runner import PoolState
from asnforge.batch.tasks import BatchOptions, PoolOutput
from asnforge.findings import Finding, limit_per_code
from asnforge.generation.inputs import FitsOptions, GenerateOptions
from asnforge.generation.run_summary import findings_of_pieces
from asnforge.version import __version__


@dataclass(frozen=True, slots=True)
class PoolReport:
    """The result for a pool."""

    record: Record
    skipped: bool  # whether a previous run has processed it
    findings: tuple[Finding, ...]  # all errors, and the first few warnings of each code


_NOT_INPUTS = ("ruleset", "more_rulesets", "orphans", "dry_run", "rule_paths", "fits")
"""Options of `GenerateOptions` that do not determine the content of files, or that have a hash of their own."""

_NOT_FITS_INPUTS = ("pools", "use_cache")
"""The same of `FitsOptions`: the hash of a pool covers its files."""


class BatchLog:
    """The results of previous runs, from the manifest, and the record of each pool of this run.

    Parameters
    ----------
    pools : sequence of str
        The pools of this run.
    options : BatchOptions
        How it is run.
    manifest, journal : Manifest and Journal, or None
        Those of the output folder; None for an archive.
    """

    def __init__(
        self, pools: Sequence[str], options: BatchOptions, manifest: Manifest | None, journal: Journal | None = None
    ) -> None:
        rulesets = options.generate.rulesets
        digests = tuple(map(ruleset_digest, rulesets))
        self._pools = frozenset(pools)
        self._options, self._manifest, self._journal = options, manifest, journal
        self._records: Mapping[str, Record] = {} if manifest is None else manifest.records
        self._listed: Counter[str] | None = None
        self._inputs = Record(
            pool="",
            ruleset=" and ".join(ruleset.name for ruleset in rulesets),
            ruleset_sha256=digests[0] if len(digests) == 1 else digest(digests),
            options=options_digest(options),
            version=__version__,
        )

    def may_be_done(self, path: str) -> bool:
        """Whether a previous run has processed a pool, if nothing has changed since."""
        return not self._options.force and path in self._records and self._records[path].status == DONE

    def files_if_done(self, path: str, sha256: str) -> tuple[str, ...] | None:
        """The files of a pool with this hash if a previous run has processed it and nothing has changed; else None."""
        before = self._records[path]
        is_done = before.same_inputs(replace(self._inputs, sha256=sha256))
        return before.files if is_done and outputs_unchanged(before, self._options.output) else None

    def other_files(self) -> dict[str, tuple[str, ...]]:
        """The files of existing pools that are not in this batch."""
        records = [record for record in self._records.values() if record.pool not in self._pools]
        return {record.pool: record.files for record in records if record.files and os.path.exists(record.pool)}  # noqa: PTH110

    def publishing(self, path: str, files: Sequence[OutputFile]) -> None:
        """Note in the journal files of a pool that are about to be published."""
        if self._journal is not None:
            self._journal.add(path, files)

    def report(self, state: PoolState) -> PoolReport:
        """The report of a pool that is done; its record is added to the manifest."""
        before = self._records.get(state.path)
        if state.skipped and before is not None:
            return PoolReport(before, skipped=True, findings=())
        outputs = [output for output in state.outputs if output is not None]
        files = sorted(state.files)
        stale = self._stale(before, state)
        all_findings = [
            *state.findings,
            *(finding for output in outputs for finding in output.findings),
            *_joined_findings(outputs, state.path),
            *self._unexpected(before, state),
        ]
        if before is not None and not state.failed:
            all_findings += remove_stale(before, stale, self._options.output)
        findings = tuple(dict.fromkeys(all_findings))
        digests = {file.name: file.digest for file in files}
        if before is not None and state.failed:
            # No other record lists these files: the next successful run removes those that it does not generate.
            known = before.digest_by_name()
            digests |= {name: known.get(name, "") for name in stale}
        record = replace(
            self._inputs,
            pool=state.path,
            sha256=state.sha256,
            status=FAILED if state.failed else DONE,
            exposures=sum(output.exposures for output in outputs) + state.malformed,
            orphans=sum(output.orphans for output in outputs) + state.malformed,
            associations=sum(output.associations for output in outputs),
            dropped=sum(output.dropped for output in outputs),
            warnings=sum(finding.severity == "warning" for finding in findings),
            unchanged=sum(not file.staged for file in files),
            seconds=round(perf_counter() - state.started, 3),
            rules=_rule_counts(outputs),
            errors=tuple(str(finding) for finding in findings if finding.severity == "error"),
            files=tuple(sorted(digests)),
            state=outputs_fingerprint(files),
            digests=tuple(digests[name] for name in sorted(digests)),
        )
        if self._manifest is not None:
            self._manifest.add(record)
            if self._journal is not None:
                self._journal.forget(state.path)
            if self._listed is not None:
                self._listed.update(record.files)
                self._listed.subtract(before.files if before is not None else ())
        return PoolReport(record, skipped=False, findings=limit_per_code(findings)[0])

    def _unexpected(self, before: Record | None, state: PoolState) -> tuple[Finding, ...]:
        """A warning if the folder of a pool contains files of another run."""
        if self._options.layout != "pool" or state.failed or not state.files:
            return ()
        known = {file.name for file in state.files}.union(before.files if before is not None else ())
        return unexpected_files(self._options.output / state.stem, {name.rpartition("/")[2] for name in known})

    def _stale(self, before: Record | None, state: PoolState) -> set[str]:
        """The files of an earlier run of a pool that neither this pool nor another one gives now."""
        if before is None:
            return set()
        stale = set(before.files).difference(file.name for file in state.files)
        if not stale or state.failed:
            return stale
        if self._listed is None:
            self._listed = Counter(name for record in self._records.values() for name in record.files)
        return {name for name in stale if self._listed[name] == 1}


def options_digest(options: BatchOptions) -> str:
    """A hash of everything but the pool and the rule set that determines the content of files, or where they are."""
    generate, files = options.generate, options.generate.fits
    return digest((options.layout, _values(generate, _NOT_INPUTS), files and _values(files, _NOT_FITS_INPUTS)))


def _values(options: GenerateOptions | FitsOptions, left_out: Collection[str]) -> dict[str, object]:
    return {field.name: getattr(options, field.name) for field in fields(options) if field.name not in left_out}


def _joined_findings(outputs: Sequence[PoolOutput], path: str) -> Iterator[Finding]:
    """The findings that count something in the whole pool, from the outputs of its pieces."""
    done = [output for output in outputs if output.faults]  # the others have failed
    dropped = zip(*(output.reported_duplicates for output in done), strict=True)
    faults = zip(*(output.faults for output in done), strict=True)
    for of_ruleset in zip(dropped, faults, strict=True):
        yield from findings_of_pieces(*of_ruleset, path)


def _rule_counts(outputs: Iterable[PoolOutput]) -> dict[str, int]:
    """The number of associations of each rule; rules without associations are omitted."""
    counts = Counter[str]()
    for output in outputs:
        for count in output.counts:
            rule = f"{count.rule} of {count.ruleset}" if count.ruleset else count.rule
            counts[rule] += count.associations
    return dict(sorted(counts.items()))
