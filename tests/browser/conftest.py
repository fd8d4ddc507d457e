from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.browser import Browser, find_programs


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    pytest.importorskip("selenium", reason="selenium is not installed; nox -s browser installs it")
    pytest.importorskip("axe_core_python", reason="axe-core is not installed; nox -s browser installs it")
    if find_programs() is None:
        pytest.skip("there is no Chromium with its driver; nox -s browser installs it")
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()
