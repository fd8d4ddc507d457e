"""A real scheduler and two workers on this machine: the same files as one process makes, also when a worker is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.batches import files, order, run, table, write_pools
from support.observatory import pool_text

from asnforge.batch import cluster, cutting, stopping
from asnforge.batch import runner as conducting
from asnforge.batch.run_batch import Plan, PoolReport, Told, run_batch
from asnforge.findings import InputError

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


@contextmanager
def working(scheduler: str, folder: Path, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers of the scheduler, all ready."""
    from distributed import Client

    address = address_of(scheduler)
    arguments = [*WORKER, address, "--local-directory", str(folder / "dask")]
    with ExitStack() as stack:
        workers = [stack.enter_context(started(*arguments, cwd=folder)) for _ in range(count)]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=PATIENCE)
        yield workers


@pytest.fixture
def workers(scheduler: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers of the scheduler."""
    with working(scheduler, tmp_path, 2) as found:
        yield found


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

    told = after(3, lambda: workers[0].send_signal(signal.SIGKILL))
    reports = list(run_batch(pools, order(tmp_path / "killed"), plan, told))
    assert workers[0].wait() == -signal.SIGKILL
    assert {report.record.status for report in reports} == {"done"}
    assert files(tmp_path / "killed") == files(tmp_path / "alone")


@pytest.mark.usefixtures("workers")
def test_the_same_names_as_without_a_cluster(
    pools: list[str], scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.tsv").write_text("NOTHING\n")
    named = [*(os.path.relpath(pool) for pool in pools), "broken.tsv", "pools/nigth.tsv"]
    plan = Plan(scheduler=address_of(scheduler))
    alone = run(named, Path("alone"))
    afar = run(named, Path("cluster"), plan=plan)
    assert {name: truncated(report) for name, report in afar.items()} == {
        name: truncated(report) for name, report in alone.items()
    }
    again = run(named, Path("alone"), plan=replace(plan, resume=True))
    assert {report.record.pool for report in again.values() if not report.skipped} == {"broken.tsv", "pools/nigth.tsv"}


def truncated(report: PoolReport) -> PoolReport:
    """A report without what no two runs have in common."""
    return replace(report, record=replace(report.record, seconds=0, state=""))


@pytest.mark.parametrize("allowed_failures", ["3", "0"])
def test_the_only_worker_dies_and_another_comes(
    allowed_failures: str,
    pools: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", allowed_failures)
    scheduler: str = request.getfixturevalue("scheduler")
    with working(scheduler, tmp_path, 1) as workers, ExitStack() as stack:
        told = after(3, lambda: (workers[0].kill(), stack.enter_context(working(scheduler, tmp_path, 1))))
        reports = list(run_batch(pools, order(tmp_path / "out"), Plan(scheduler=address_of(scheduler)), told))
    assert {report.record.status for report in reports} == {"done"}
    run(pools, tmp_path / "alone")
    assert files(tmp_path / "out") == files(tmp_path / "alone")


@pytest.mark.parametrize("gone", ["scheduler", "worker"])
def test_what_is_left_is_not_run_where_nobody_can_do_it(
    gone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "_SILENCE", 0.1)
    monkeypatch.setattr(cluster, "_WITHOUT_WORKERS", 1)
    pools = write_pools(tmp_path / "pools", 12)
    found = tmp_path / "scheduler.json"
    with started(*SCHEDULER, "--scheduler-file", str(found), cwd=tmp_path) as scheduler:
        address = address_of(str(found))
        with working(str(found), tmp_path, 1) as workers:
            told = after(1, (scheduler if gone == "scheduler" else workers[0]).kill)
            reports = list(run_batch(pools, order(tmp_path / "out"), Plan(scheduler=address), told))
    assert {report.record.pool for report in reports} == set(pools)
    said = "does not answer any more" if gone == "scheduler" else "has had no workers for 1 s"
    hint = "what is done stays: run the batch again with --resume"
    failed = [report.record.errors for report in reports if report.record.status == "failed"]
    assert failed == [(f"{address}: G309 the scheduler {said}; {hint}",)]
    assert "not run" in {report.record.status for report in reports}
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("workers")
def test_workers_write_nothing_after_the_end(scheduler: str, tmp_path: Path) -> None:
    from distributed import Client

    broken, large = tmp_path / "broken.tsv", tmp_path / "large.tsv"
    broken.write_text("NOTHING\n")
    large.write_text(pool_text(table(range(1, 500), 12)))
    plan = Plan(scheduler=address_of(scheduler))
    output = tmp_path / "out"
    reports = run_batch([str(large), str(broken)], order(output), plan)
    next(reports)
    while not files(output):
        time.sleep(0.01)
    reports.close()
    written = files(output)
    with Client(plan.scheduler, set_as_default=False) as client:
        while any(client.run(busy).values()):
            time.sleep(0.01)
    assert files(output) == written


def busy() -> bool:
    """Whether the worker is at a job."""
    return bool(stopping._errands)


def after(count: int, act: Callable[[], object]) -> Told:
    """Do something when so many units are done."""
    done = 0

    def told(_pool: str, exposures: int, _size: int) -> None:
        nonlocal done
        done += exposures > 0
        if done == count and exposures > 0:
            act()

    return told


def test_a_scheduler_that_asks_for_certificates(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^tls://127\.0\.0\.1:9: G309 .* certificates.*distributed\.comm\.tls$"):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler="tls://127.0.0.1:9")))


def test_a_scheduler_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.2)
    with pytest.raises(InputError, match=r"^tcp://127\.0\.0\.1:9: G309 no scheduler answers there: "):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler="tcp://127.0.0.1:9")))


def test_a_scheduler_without_workers(scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_of(scheduler)
    monkeypatch.setattr(cluster, "_PATIENCE", 2)
    with pytest.raises(InputError, match="G309 the scheduler has no workers"):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler=address)))


def test_without_dask_distributed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"G310 --scheduler needs Dask Distributed.*install asnforge\[distributed\]"):
        list(run_batch([], order(tmp_path / "out"), Plan(scheduler="tcp://127.0.0.1:9")))
