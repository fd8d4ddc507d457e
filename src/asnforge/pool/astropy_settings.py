"""Where astropy looks for its settings: it does so in the home folder, and cannot be imported where it may not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_VARIABLES = ("ASTROPY_CONFIG_DIR", "XDG_CONFIG_HOME")
"""What names a folder for settings, from astropy 8 on and in any astropy."""

_PLACES = ("~/.astropy/config/astropy.cfg", "~/.config/astropy/astropy.cfg")


@contextmanager
def readable_settings() -> Iterator[None]:
    """Where the settings may not be read, have astropy find none while it is imported; no pool depends on them."""
    if not any(map(_denied, [*_PLACES, *filter(None, map(os.environ.get, _VARIABLES))])):
        yield
        return
    from tempfile import TemporaryDirectory

    before = {name: os.environ.get(name) for name in _VARIABLES}
    with TemporaryDirectory() as folder:  # astropy before version 8 makes a link there
        os.environ.update(dict.fromkeys(_VARIABLES, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _denied(place: str) -> bool:
    """Whether the system refuses to say what is there, or nobody knows where home is."""
    path = os.path.expanduser(place)  # noqa: PTH111
    try:
        os.stat(path)  # noqa: PTH116
    except PermissionError:
        return True
    except OSError:
        pass
    return path.startswith("~")
