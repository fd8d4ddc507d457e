"""What workers need, imported once before they are made."""

import jsonschema_rs
import msgspec

import asnforge.batch.worker
import asnforge.pool.astropy_text

__all__ = ["asnforge", "jsonschema_rs", "msgspec"]
