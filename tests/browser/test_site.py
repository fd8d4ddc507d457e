"""The documentation site in a browser, after ``nox -s site``: links, search, and what makes it hard to use."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from support.browser import Browser

SITE = Path(os.environ.get("ASNFORGE_SITE", Path(__file__).parents[2] / "build/site"))
PAGES = [
    "docs/index.html",
    "docs/tutorial.html",
    "docs/howto/batch-on-a-cluster.html",
    "docs/associations.html",
    "docs/differences-from-jwst.html",
    "docs/python-api.html",
    "docs/notebooks/from-download-to-pipeline.html",
    "rules/ccd-observatory/README.html",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (SITE / "docs/index.html").exists(), reason="nox -s site has not built the site"),
]


class _Page(HTMLParser):
    """The targets of the links of a page, and the ids that links can have as targets."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.links.add(value)


@cache
def parsed(path: Path) -> _Page:
    return _Page(path)


def is_broken(page: Path, link: str) -> bool:
    address, anchor = urldefrag(link)
    if "://" in link or link.startswith(("data:", "mailto:", "javascript:")) or link == "#":
        return False
    target = (page.parent / unquote(address.partition("?")[0])).resolve() if address else page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".html" and unquote(anchor) not in parsed(target).ids


def test_every_link_has_a_target() -> None:
    pages = sorted(SITE.rglob("*.html"))
    broken = [
        (str(page.relative_to(SITE)), link) for page in pages for link in parsed(page).links if is_broken(page, link)
    ]
    assert len(pages) > 60
    assert broken == []


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server of the site, on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def visit(browser: Browser, url: str, width: int, theme: str) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": theme}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.driver.get(url)
    browser.wait(lambda: browser.run("return document.readyState") == "complete")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")])
@pytest.mark.parametrize("page", PAGES)
def test_pages_fit_and_have_no_serious_problem(
    browser: Browser, address: str, page: str, width: int, theme: str
) -> None:
    visit(browser, f"{address}/{page}", width, theme)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.serious_problems() == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("background", "Combine MIRI MRS exposures with their background"),
        ("nearest", "The rule language"),
        ("A116", "Finding codes"),
        ("time series", "Combine a time series"),
        ("Slurm", "Generate for a whole mission, on a cluster"),
    ],
)
def test_the_search_finds(browser: Browser, address: str, words: str, expected: str) -> None:
    visit(browser, f"{address}/search.html?q={words}", 1280, "light")
    browser.wait(lambda: bool(browser.texts("#search-results .search-summary, #search-results p")))
    browser.wait(lambda: any(expected in text for text in browser.texts("#search-results li")))


def test_the_address_of_the_site_leads_to_the_front_page(browser: Browser, address: str) -> None:
    visit(browser, f"{address}/", 1280, "light")
    browser.wait(lambda: browser.run("return location.pathname") == "/docs/index.html")
