"""Worker processes are started early and block interruptions, which their parent handles."""

from __future__ import annotations

import signal
import threading
from multiprocessing import forkserver

import pytest
from support.signals import send_blocked_signals

from asnforge.batch.fork_server import process_context, start_fork_server


def test_workers_block_interruptions_and_their_parent_does_not() -> None:
    start_fork_server()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    near, far = process_context().Pipe()
    worker = process_context().Process(  # type: ignore[attr-defined]
        target=send_blocked_signals, args=(far,)
    )
    worker.start()
    far.close()  # so that a worker that ends too early is noticed
    assert signal.SIGINT in near.recv()
    worker.join()


def test_an_interruption_during_the_start_is_delivered_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def interrupted() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # to this thread: pytest has others
        steps.append("started")

    monkeypatch.setattr(forkserver, "ensure_running", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start_fork_server()
    assert steps == ["started"]
