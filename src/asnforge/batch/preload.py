"""Modules that worker processes need, imported once before the processes are forked."""

import jsonschema_rs
import msgspec

import asnforge.batch.pebble_executor
from asnforge.pool.astropy_tables import import_astropy

import_astropy()

__all__ = ["asnforge", "jsonschema_rs", "msgspec"]
