"""Settings of all tests: none depends on the load of the machine, or uses the cache of the user."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


_CACHE = "ASNFORGE_CACHE"


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of the tests one new cache, and let Ctrl-C work in them even if the tests run in the background."""
    if not hasattr(config, "workerinput"):  # workers of pytest-xdist use that of the process that starts them
        os.environ[_CACHE] = tempfile.mkdtemp(prefix="asnforge-cache-")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the cache of the tests."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[_CACHE], ignore_errors=True)
