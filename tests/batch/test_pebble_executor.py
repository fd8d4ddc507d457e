"""Processes that do jobs: one that dies, hangs or fails costs the job it is at, and no other."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from asnforge.batch.claims import Claim
from asnforge.batch.processes import Processes
from support.batches import order, write_pools

from asnforge.batch.executors import Alone, Crew, Failed
from asnforge.batch.tasks import Job, Made, Survey, Surveyed, Unit


def outcomes(crew: Crew, jobs: list[Job]) -> dict[int, object]:
    for ticket, job in enumerate(jobs):
        crew.submit(ticket, job)
    found: dict[int, object] = {}
    while done := crew.wait():
        found |= dict(done)
    return found


@pytest.fixture
def endless() -> Iterator[Path]:
    """A pipe that is open in this process and never ends: whoever reads it waits."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("the system has no names for what is open in another process")
    reading, writing = os.pipe()
    yield Path(f"/proc/{os.getpid()}/fd/{reading}")
    os.close(writing)
    os.close(reading)


@pytest.fixture(params=["alone", "processes"])
def crew(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crew]:
    what = order(tmp_path / "out")
    found = Alone(what) if request.param == "alone" else Processes(what, 2)
    yield found
    found.close()


def test_outcomes_come_under_their_tickets(crew: Crew, tmp_path: Path) -> None:
    one, two = write_pools(tmp_path, 2)
    jobs: list[Job] = [Survey(one, claims=True), Survey("no.tsv", claims=False), Unit(two, "two", None)]
    found = outcomes(crew, jobs)
    assert isinstance(found[0], Surveyed)
    assert found[0].claim == Claim(starts=frozenset({"p001"}))
    assert isinstance(found[1], Failed)
    assert [str(finding) for finding in found[1].findings] == ["no.tsv: P101 no such file"]
    assert isinstance(found[2], Made)
    assert (found[2].exposures, found[2].associations) == (6, 6)
    assert all((tmp_path / "out" / file.name).stat().st_size == file.size for file in found[2].files)


def test_without_jobs_there_is_nothing_to_wait_for(crew: Crew) -> None:
    assert list(crew.wait()) == []


def test_a_job_that_takes_too_long_is_stopped_and_the_others_go_on(tmp_path: Path, endless: Path) -> None:
    (pool,) = write_pools(tmp_path, 1)
    crew = Processes(order(tmp_path / "out", timeout=3), 1)
    found = outcomes(crew, [Unit(str(endless), "endless", None), Unit(pool, "one", None)])
    crew.close()
    assert isinstance(found[0], Failed)
    assert [str(finding) for finding in found[0].findings] == [
        f"{endless}: G303 stopped after 3 s, as --timeout asks; give it more time, or leave --timeout out"
    ]
    assert isinstance(found[1], Made)


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    pools = write_pools(tmp_path, 6)
    crew = Processes(order(tmp_path / "out"), 2)
    for ticket, pool in enumerate(pools):
        crew.submit(ticket, Unit(pool, f"p{ticket}", None))
    for worker in crew._workers:
        os.kill(worker.process.pid, signal.SIGKILL)
    found: dict[int, object] = {}
    while done := crew.wait():
        found |= dict(done)
    crew.close()
    assert [type(found[ticket]) for ticket in range(6)] == [Made] * 6


def test_a_job_whose_workers_die_each_time_fails_alone(tmp_path: Path, endless: Path) -> None:
    (pool,) = write_pools(tmp_path, 1)
    crew = Processes(order(tmp_path / "out"), 1)
    crew.submit(0, Unit(str(endless), "endless", None))
    crew.submit(1, Unit(pool, "one", None))
    found: dict[int, object] = {}
    for _ in range(3):
        os.kill(crew._workers[0].process.pid, signal.SIGKILL)
        found |= dict(crew.wait() if len(found) else crew._hear(crew._workers[0]))
        crew._hand_out()
    while done := crew.wait():
        found |= dict(done)
    crew.close()
    assert isinstance(found[0], Failed)
    assert [str(finding) for finding in found[0].findings] == [
        f"{endless}: G304 the worker died, 3 times in a row; use fewer processes: -j"
    ]
    assert isinstance(found[1], Made)
