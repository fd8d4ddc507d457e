"""The log of asnforge: silent unless a program that uses it configures logging."""

from __future__ import annotations

import logging

LOG = logging.getLogger("asnforge")
"""What was read, generated and written, at the level INFO, and the details at DEBUG; findings are values as well."""

LOG.addHandler(logging.NullHandler())
