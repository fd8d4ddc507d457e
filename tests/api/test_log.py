"""asnforge is silent, and its logger says what was read, generated and written."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from sample_pools.make import DATA

import asnforge

POOL = DATA / "miri_wfss_pool.tsv"


def test_nothing_is_printed_by_default(tmp_path: Path) -> None:
    code = f"import asnforge; asnforge.generate({str(POOL)!r}).write({str(tmp_path)!r})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_each_step_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "asnforge"):
        made = asnforge.generate(POOL)
        made.write(tmp_path)
        made.write(tmp_path)
    assert {record.name for record in caplog.records} == {"asnforge"}
    info = [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]
    assert info[:2] == [f"{POOL}: read 11 exposures", f"{POOL}: {made!r}"]
    assert info[-2:] == [
        f"{tmp_path}: 6 association files, 0 of them unchanged",
        f"{tmp_path}: 6 association files, 6 of them unchanged",
    ]
    debug = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    assert debug[0] == f"{POOL}: {made[0]!r}"
    assert debug[-1] == f"{tmp_path / made[-1].file_name}: unchanged"
