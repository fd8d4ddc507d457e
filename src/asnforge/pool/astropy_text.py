"""astropy and its readers of text, imported when the first pool is read: the import takes longer than the rest of a short run.

`astropy.table` comes first. It imports the readers with their registration put off to the end; where they are imported
before it, each of them has the help of `Table.read` written anew.
"""

from asnforge.pool.astropy_settings import readable_settings

with readable_settings():
    import astropy.table
    from astropy.io import ascii as tables

__all__ = ["astropy", "tables"]
