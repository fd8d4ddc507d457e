"""A real scheduler and two workers on this machine: the same files as one process makes, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.batches import files, order, run, table, write_pools
from support.observatory import pool_text

from asnforge.batch import cluster, conducting, cutting
from asnforge.batch.run import Plan, PoolReport, run_batch
from asnforge.findings import CannotContinue

pytest.importorskip("distributed")

PATIENCE = 60
# No nanny, which would start a killed worker anew: what is lost is lost.
SCHEDULER = [
    "-m",
    "distributed.cli.dask_scheduler",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--no-dashboard",
    "--no-show",
]
WORKER = ["-m", "distributed.cli.dask_worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]


@contextmanager
def started(*arguments: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "0",
    }
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    found = tmp_path / "scheduler.json"
    with started(*SCHEDULER, "--scheduler-file", str(found), cwd=tmp_path):
        yield str(found)


def address_of(file: str) -> str:
    import json

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            address: str = json.loads(Path(file).read_text())["address"]
        except (OSError, ValueError):
            time.sleep(0.05)
        else:
            return address
    raise TimeoutError("the scheduler does not start")


@pytest.fixture
def workers(scheduler: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers of the scheduler, both ready."""
    from distributed import Client

    address = address_of(scheduler)
    arguments = [*WORKER, address, "--local-directory", str(tmp_path / "dask")]
    with started(*arguments, cwd=tmp_path) as one, started(*arguments, cwd=tmp_path) as two:
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield [one, two]


@pytest.fixture
def pools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three pools, and one that counts as large, of programmes that are pieces."""
    monkeypatch.setattr(conducting, "LARGE", 5_000)
    monkeypatch.setattr(cutting, "ROWS", 20)
    large = tmp_path / "large.tsv"
    large.write_text(pool_text(table(range(1, 60), 30)))
    return [*write_pools(tmp_path / "pools"), str(large)]


def test_the_same_files_also_when_a_worker_is_killed(
    pools: list[str], scheduler: str, workers: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    plan = Plan(scheduler=address_of(scheduler))
    whole: dict[str, PoolReport] = run(pools, tmp_path / "alone")
    assert run(pools, tmp_path / "cluster", plan=plan).keys() == whole.keys()
    assert files(tmp_path / "cluster") == files(tmp_path / "alone")
    assert len(files(tmp_path / "alone")) == 3 * 6 + 59 * 6

    done = 0

    def told(_pool: str, exposures: int, _size: int) -> None:
        nonlocal done
        done += exposures > 0
        if done == 3:
            workers[0].send_signal(signal.SIGKILL)

    reports = list(run_batch(pools, order(tmp_path / "killed"), plan, told))
    assert workers[0].wait() == -signal.SIGKILL
    assert {report.record.status for report in reports} == {"done"}
    assert files(tmp_path / "killed") == files(tmp_path / "alone")


def test_a_scheduler_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    with pytest.raises(CannotContinue, match=r"^tcp://127\.0\.0\.1:9: G309 no scheduler answers there: "):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler="tcp://127.0.0.1:9")))


def test_a_scheduler_without_workers(scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_of(scheduler)
    monkeypatch.setattr(cluster, "_PATIENCE", 2)
    with pytest.raises(CannotContinue, match="G309 the scheduler has no workers"):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler=address)))


def test_without_dask_distributed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        CannotContinue, match=r"G310 --scheduler needs Dask Distributed.*install asnforge\[distributed\]"
    ):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler="tcp://127.0.0.1:9")))
