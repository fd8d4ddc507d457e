"""Names of files as workers elsewhere need them, absolute, and in what they find as the user gave them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from asnforge.batch.executors import Failed, Outcome
from asnforge.batch.tasks import Job, Surveyed
from asnforge.findings import Finding


class Naming:
    """Makes names absolute and takes that back.

    Parameters
    ----------
    output : Path
        The output folder as the user gave it.

    Attributes
    ----------
    output : Path
        The same, absolute.
    """

    def __init__(self, output: Path) -> None:
        self.output = output.absolute()
        self._given = output
        # What the user gave stands after a step to the same folder, which names have nowhere else: it can be told again.
        self._here = os.path.join(os.getcwd(), ".", "")  # noqa: PTH109, PTH118

    def absolute(self, job: Job) -> Job:
        """A job of which any process on any machine finds the pool."""
        return replace(job, path=os.path.join(self._here, job.path))  # noqa: PTH118

    def as_given(self, outcome: Outcome) -> Outcome:
        """What came of such a job, with the names in its findings as the user gave them."""
        if isinstance(outcome, Surveyed) or not outcome.findings:
            return outcome
        findings = tuple(map(self._finding, outcome.findings))
        return Failed(findings) if isinstance(outcome, Failed) else replace(outcome, findings=findings)

    def _finding(self, finding: Finding) -> Finding:
        texts = {name: getattr(finding, name).replace(self._here, "") for name in ("message", "hint")}
        return replace(finding, file=self._file(finding.file), **texts)

    def _file(self, file: str) -> str:
        if file.startswith(self._here):
            return file.removeprefix(self._here)
        if file == str(self.output):
            return str(self._given)
        below = os.path.join(self.output, "")  # noqa: PTH118
        return os.path.join(self._given, file.removeprefix(below)) if file.startswith(below) else file  # noqa: PTH118
