"""The page of a report: one HTML file with its own style and script, which a browser runs, and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from asnforge.findings import printable, quoted
from asnforge.report.model import Report, Tile
from asnforge.report.page_data import page_data

_MARKUP = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""Characters of the data that could end or begin an element."""

_SCRIPT = ("read_data.js", "strips.js", "filters.js", "detail.js", "sky_and_time.js", "start.js")
"""The parts of the script, in their order."""

_LISTED = 500
"""The largest number of findings, files or members that a list of the page has."""


_MOST_REASONS = 8
"""The number of reasons for orphans that are listed at once: the most frequent ones, so that the strips are not far below."""


def render_page(report: Report) -> bytes:
    """A report as HTML in UTF-8."""
    style, script = _text("page.css"), _script()
    page = (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            listed=_LISTED,
            most_reasons=_MOST_REASONS,
            style=Markup(style),  # noqa: S704  text of this package
            script=Markup(script),  # noqa: S704
            data=_embedded(page_data(report)),
            policy=_policy(style, script),
        )
    )
    return page.encode()


def _embedded(data: Mapping[str, Any]) -> Markup:
    """Data as JSON that can be in a script element."""
    return Markup(msgspec.json.encode(data).decode().translate(_MARKUP))  # noqa: S704  without markup


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy: this style and this script, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _script() -> str:
    """The script: its parts together, with names of their own."""
    return '(() => {\n"use strict";\n' + "".join(map(_text, _SCRIPT)) + "})();\n"


@cache
def _text(name: str) -> str:
    return files("asnforge.report").joinpath("page", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters |= {"quoted": quoted, "label": _label}
    return environment


def _label(tile: Tile) -> str:
    """What a tile counts, in the singular or plural."""
    singular, _, plural = tile.label.partition("/")
    return singular if tile.count == 1 else plural or f"{singular}s"
