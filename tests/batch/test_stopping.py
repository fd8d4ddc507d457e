"""A job that is part of a stopped batch writes no more; any other one does."""

from __future__ import annotations

import asyncio
import threading

import pytest

from asnforge.batch.stopping import Unwanted, check_wanted, part_of, stop


def test_what_is_part_of_no_batch_goes_on() -> None:
    check_wanted()


def test_a_batch_that_is_stopped_and_another() -> None:
    asyncio.run(stop("stopped", 10))
    with part_of("stopped", lambda: True), pytest.raises(Unwanted):
        check_wanted()
    with part_of("another", lambda: True):
        check_wanted()


def test_a_worker_that_is_about_to_end() -> None:
    with part_of("a batch", lambda: False), pytest.raises(Unwanted):
        check_wanted()


def test_it_is_stopped_when_the_last_file_is_written() -> None:
    begun, may_end, written = threading.Event(), threading.Event(), []

    def job() -> None:
        with part_of("slow", lambda: True):
            check_wanted()
            begun.set()
            may_end.wait()
            written.append("a file")
            with pytest.raises(Unwanted):
                check_wanted()

    async def stop_it() -> list[str]:
        stopping = asyncio.create_task(stop("slow", 60))
        await asyncio.sleep(0)
        assert not stopping.done()
        may_end.set()
        await stopping
        return list(written)

    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    begun.wait()
    assert asyncio.run(stop_it()) == ["a file"]
    thread.join()


def test_patience_has_an_end() -> None:
    with part_of("hanging", lambda: True):
        check_wanted()
        asyncio.run(stop("hanging", 0))
