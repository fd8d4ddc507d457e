"""What workers need, imported once before they are made."""

import astropy.io.ascii
import jsonschema_rs
import msgspec

import asnforge.batch.work

__all__ = ["asnforge", "astropy", "jsonschema_rs", "msgspec"]
