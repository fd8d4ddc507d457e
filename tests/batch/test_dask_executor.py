"""A real scheduler and two workers on this machine give the same files as one process, even if a worker is killed."""

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
from typing import TYPE_CHECKING

import pytest
from support.batches import batch_options, files, run, table, write_pools
from support.observatory import pool_text

from asnforge.batch import dask_executor, executors
from asnforge.batch.batch_log import PoolReport
from asnforge.batch.dask_executor import Paths
from asnforge.batch.run_batch import run_batch
from asnforge.batch.runner import ProgressCallback
from asnforge.batch.tasks import (
    Failed,
    HashTask,
    PoolHash,
    PoolOutput,
    PoolTask,
    ScanTask,
    SmallPoolsOutput,
    SmallPoolsTask,
)
from asnforge.findings import Finding, InputError
from asnforge.pool import read_pool
from asnforge.pool.text import NO_ROWS

if TYPE_CHECKING:
    from distributed import Worker

pytest.importorskip("distributed")

PATIENCE = 60
# No nanny, which would restart a killed worker.
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
        with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(count, timeout=PATIENCE)
        yield workers


@pytest.fixture
def workers(scheduler: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers of the scheduler."""
    with working(scheduler, tmp_path, 2) as found:
        yield found


@pytest.fixture
def pools(tmp_path: Path) -> list[str]:
    """Three pools and a large one."""
    large = tmp_path / "large.tsv"
    large.write_text(pool_text(table(range(1, 60), 30)))
    return [*write_pools(tmp_path / "pools"), str(large)]


def test_files_are_the_same_even_if_a_worker_is_killed(
    pools: list[str], scheduler: str, workers: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    address = address_of(scheduler)
    whole: dict[str, PoolReport] = run(pools, tmp_path / "alone")
    assert run(pools, tmp_path / "cluster", scheduler=address).keys() == whole.keys()
    assert files(tmp_path / "cluster") == files(tmp_path / "alone")
    assert len(files(tmp_path / "alone")) == 3 * 6 + 59 * 6

    on_progress = after(3, lambda: workers[0].send_signal(signal.SIGKILL))
    reports = list(run_batch(pools, batch_options(tmp_path / "killed", scheduler=address), on_progress))
    assert workers[0].wait() == -signal.SIGKILL
    assert {report.record.status for report in reports} == {"done"}
    assert files(tmp_path / "killed") == files(tmp_path / "alone")


@pytest.mark.usefixtures("workers")
def test_findings_have_the_same_names_as_without_a_cluster(
    pools: list[str], scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.tsv").write_text("NOTHING\n")
    named = [*(os.path.relpath(pool) for pool in pools), "broken.tsv", "pools/nigth.tsv"]
    address = address_of(scheduler)
    alone = run(named, Path("alone"))
    remote = run(named, Path("cluster"), scheduler=address)
    assert {name: comparable(report) for name, report in remote.items()} == {
        name: comparable(report) for name, report in alone.items()
    }
    again = run(named, Path("alone"), scheduler=address)
    assert {report.record.pool for report in again.values() if not report.skipped} == {"broken.tsv", "pools/nigth.tsv"}


def comparable(report: PoolReport) -> PoolReport:
    """A report without what is different in each run."""
    return replace(report, record=replace(report.record, seconds=0, state=""))


@pytest.mark.parametrize("allowed_failures", ["3", "0"])
def test_another_worker_continues_after_the_only_one_died(
    allowed_failures: str,
    pools: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", allowed_failures)
    scheduler: str = request.getfixturevalue("scheduler")
    with working(scheduler, tmp_path, 1) as workers, ExitStack() as stack:

        def replace_worker() -> None:
            workers[0].kill()
            stack.enter_context(working(scheduler, tmp_path, 1))

        on_progress = after(3, replace_worker)
        reports = list(run_batch(pools, batch_options(tmp_path / "out", scheduler=address_of(scheduler)), on_progress))
    assert {report.record.status for report in reports} == {"done"}
    run(pools, tmp_path / "alone")
    assert files(tmp_path / "out") == files(tmp_path / "alone")


@pytest.mark.parametrize("gone", ["scheduler", "worker"])
def test_without_scheduler_or_workers_the_remaining_pools_are_not_run(
    gone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dask_executor, "_QUIET", 0.1)
    monkeypatch.setattr(dask_executor, "_WITHOUT_WORKERS", 1)
    monkeypatch.setattr(executors, "MOST_JOINED", 1)
    pools = write_pools(tmp_path / "pools", 12)
    found = tmp_path / "scheduler.json"
    with started(*SCHEDULER, "--scheduler-file", str(found), cwd=tmp_path) as scheduler:
        address = address_of(str(found))
        with working(str(found), tmp_path, 1) as workers:
            on_progress = after(1, (scheduler if gone == "scheduler" else workers[0]).kill)
            reports = list(run_batch(pools, batch_options(tmp_path / "out", scheduler=address), on_progress))
    assert {report.record.pool for report in reports} == set(pools)
    message = "does not answer any more" if gone == "scheduler" else "has had no workers for 1 s"
    hint = "completed pools are kept: run the batch again"
    failed = [report.record.errors for report in reports if report.record.status == "failed"]
    assert failed == [(f"{address}: G309 the scheduler {message}; {hint}",)]
    assert "not run" in {report.record.status for report in reports}
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("workers")
def test_workers_publish_nothing_after_the_end(scheduler: str, tmp_path: Path) -> None:
    from distributed import Client

    broken, large = tmp_path / "broken.tsv", tmp_path / "large.tsv"
    broken.write_text("NOTHING\n")
    large.write_text(pool_text(table(range(1, 500), 12)))
    address, output = address_of(scheduler), tmp_path / "out"
    reports = run_batch([str(large), str(broken)], batch_options(output, scheduler=address))
    next(reports)
    reports.close()
    written = files(output)
    with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        while any(client.run(is_busy).values()):
            time.sleep(0.01)
    assert files(output) == written
    assert [path.name for path in output.iterdir() if path.name.startswith(".")] == []


def is_busy(dask_worker: Worker) -> bool:
    """Whether a worker runs a task."""
    return bool(dask_worker.state.executing)


def after(count: int, act: Callable[[], object]) -> ProgressCallback:
    """Do something when this many pieces are done."""
    done = 0

    def on_progress(_pool: str, exposures: int, _size: int) -> None:
        nonlocal done
        done += exposures > 0
        if done == count and exposures > 0:
            act()

    return on_progress


def test_a_scheduler_that_requires_certificates(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^tls://127\.0\.0\.1:9: G309 .* certificates.*distributed\.comm\.tls$"):
        list(run_batch([], batch_options(tmp_path / "out", scheduler="tls://127.0.0.1:9")))


def test_a_scheduler_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "_CONNECT_TIMEOUT", 0.2)
    with pytest.raises(InputError, match=r"^tcp://127\.0\.0\.1:9: G309 no scheduler answers at this address: "):
        list(run_batch([], batch_options(tmp_path / "out", scheduler="tcp://127.0.0.1:9")))


def test_a_scheduler_without_workers(scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_of(scheduler)
    monkeypatch.setattr(dask_executor, "_CONNECT_TIMEOUT", 2)
    with pytest.raises(InputError, match="G309 the scheduler has no workers"):
        list(run_batch([], batch_options(tmp_path / "out", scheduler=address)))


def test_without_dask_distributed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"G310 --scheduler needs Dask Distributed.*install asnforge\[distributed\]"):
        list(run_batch([], batch_options(tmp_path / "out", scheduler="tcp://127.0.0.1:9")))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "night1.tsv").write_text("FILE\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "task", [HashTask("night1.tsv"), ScanTask("night1.tsv", 0, 5), PoolTask("night1.tsv", "night1")]
)
def test_absolute_tasks_find_their_pool_from_anywhere(
    task: HashTask | ScanTask | PoolTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    absolute = Paths(Path("out")).absolute(task)
    assert not isinstance(absolute, SmallPoolsTask)
    monkeypatch.chdir("/")
    assert Path(absolute.path).read_text() == "FILE\n"
    assert replace(absolute, path=task.path).path == task.path


@pytest.mark.usefixtures("here")
def test_tasks_of_small_pools_are_absolute_and_their_findings_are_not() -> None:
    paths = Paths(Path("out"))
    tasks = tuple(PoolTask(name, "night", is_small=True) for name in ("night1.tsv", "night2.tsv"))
    absolute = paths.absolute(SmallPoolsTask(tasks))
    assert isinstance(absolute, SmallPoolsTask)
    assert [Path(task.path) for task in absolute.tasks] == [Path.cwd() / task.path for task in tasks]
    failures = tuple(Failed((NO_ROWS.finding("no rows", task.path),)) for task in absolute.tasks)
    assert paths.as_given(SmallPoolsOutput(failures)) == SmallPoolsOutput(
        tuple(Failed((NO_ROWS.finding("no rows", task.path),)) for task in tasks)
    )


def test_the_output_folder_is_absolute(here: Path) -> None:
    assert Paths(Path("out")).output == here / "out"
    assert Paths(Path("/elsewhere")).output == Path("/elsewhere")


@pytest.mark.parametrize("name", ["night2.tsv", "./night2.tsv", "../night2.tsv", "no/night2.tsv", "{}/night2.tsv"])
def test_findings_have_pools_as_given(name: str, here: Path) -> None:
    name = name.format(here)
    paths = Paths(Path("out"))

    def refused(path: str) -> Failed:
        with pytest.raises(InputError) as stop:
            read_pool(path)
        return Failed(stop.value.findings)

    absolute = paths.absolute(HashTask(name)).path
    assert paths.as_given(refused(absolute)) == refused(name)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("out", "out"),
        ("out", "out/night1/a_asn.json"),
        (".", "./a_asn.json"),
        ("../out", "../out/a_asn.json"),
        ("/elsewhere", "/elsewhere/a_asn.json"),
        ("out", "/elsewhere/a_asn.json"),
    ],
)
def test_findings_have_output_files_as_given(given: str, found: str, here: Path) -> None:
    absolute = Finding("A190", "no space", str(here) + found.removeprefix(".") if given == "." else str(here / found))
    assert Paths(Path(given)).as_given(PoolOutput(findings=(absolute,))) == PoolOutput(
        findings=(replace(absolute, file=found),)
    )


def test_outcomes_without_findings_are_unchanged() -> None:
    for outcome in (PoolHash("0"), PoolOutput()):
        assert Paths(Path("out")).as_given(outcome) is outcome
