"""Workers are begun early, and an interruption is for the process that begins them alone."""

from __future__ import annotations

import signal
import threading
from multiprocessing import forkserver
from multiprocessing.connection import Connection

import pytest

from asnforge.batch.starting import begin, context


def tell_what_is_blocked(pipe: Connection) -> None:
    pipe.send(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def test_workers_do_not_hear_of_an_interruption_and_who_begins_them_does() -> None:
    begin()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    near, far = context().Pipe()
    worker = context().Process(target=tell_what_is_blocked, args=(far,))
    worker.start()
    assert signal.SIGINT in near.recv()
    worker.join()


def test_an_interruption_while_workers_are_begun_is_heard_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []

    def interrupted() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # to this thread: pytest has others
        steps.append("begun")

    monkeypatch.setattr(forkserver, "ensure_running", interrupted)
    with pytest.raises(KeyboardInterrupt):
        begin()
    assert steps == ["begun"]
