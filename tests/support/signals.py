"""What tests run in worker processes, which import it from here."""

from __future__ import annotations

import signal
from multiprocessing.connection import Connection


def send_blocked_signals(pipe: Connection) -> None:
    """Send the signals that this process blocks."""
    pipe.send(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
