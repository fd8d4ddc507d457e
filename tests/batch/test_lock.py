"""The output folder of a batch: one batch at a time, and nothing in it of processes that were killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from asnforge.atomic import temporary_name
from asnforge.batch.lock import taken
from asnforge.findings import InputError


def abandoned() -> str:
    """The name of a temporary file whose process is over."""
    code = "from asnforge.atomic import temporary_name; print(temporary_name())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_what_killed_processes_left_is_removed_first_and_last_and_nothing_else(tmp_path: Path) -> None:
    sub, gone = tmp_path / "a" / "b", abandoned()
    sub.mkdir(parents=True)
    kept = [sub / ".download.iso.part", sub / ".1-x.tar.part", sub / temporary_name(), sub / "a_asn.json"]
    for path in (*kept, sub / gone, tmp_path / gone):
        path.touch()
    with taken(tmp_path):
        assert sorted(sub.iterdir()) == sorted(kept)
        assert not (tmp_path / gone).exists()
        (sub / gone).touch()
    assert sorted(sub.iterdir()) == sorted(kept)


def test_of_two_batches_in_one_folder_the_second_is_refused(tmp_path: Path) -> None:
    with (
        taken(tmp_path),
        pytest.raises(InputError, match="G306 another batch writes to the folder"),
        taken(tmp_path),
    ):
        pass
    with taken(tmp_path):
        pass
