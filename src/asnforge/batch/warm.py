"""What workers need, imported once before they are made."""

import jsonschema_rs
import msgspec

import asnforge.batch.worker
from asnforge.pool.astropy_tables import import_astropy

import_astropy()

__all__ = ["asnforge", "jsonschema_rs", "msgspec"]
