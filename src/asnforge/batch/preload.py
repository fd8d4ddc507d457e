"""Modules that worker processes need, imported once before the processes are forked."""

import sys
from types import TracebackType

import jsonschema_rs
import msgspec

import asnforge.batch.pebble_executor
from asnforge.pool.astropy_tables import import_astropy

import_astropy()

__all__ = ["asnforge", "jsonschema_rs", "msgspec"]


def _report(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Report an exception at the start of a worker, unless the batch was killed: then its semaphores and pipes are gone."""
    if not issubclass(kind, FileNotFoundError | EOFError | ConnectionError):
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _report
