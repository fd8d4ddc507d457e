"""A browser without a window, in which pages are tried as their readers use them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MOST_SECONDS = 20.0


def find_programs() -> tuple[str, str] | None:
    """The paths of Chromium and of its driver; None if one of them is missing."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Browser:
    """A browser with one page.

    Parameters
    ----------
    profile : Path
        A new folder for its profile.
    """

    def __init__(self, profile: Path) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        programs = find_programs()
        assert programs is not None
        options = webdriver.ChromeOptions()
        for option in (*OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        options.binary_location = programs[0]
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver: Any = webdriver.Chrome(options=options, service=Service(programs[1]))

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False, target: str = "") -> None:
        """Open a page in a window of this size, and wait until it is complete; `target` is what follows ``#``."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})
        self.driver.get("about:blank")
        self.messages()
        self.driver.get(page.as_uri() + (f"#{target}" if target else ""))
        self.wait(lambda: self.run("return document.body.dataset.complete") == "yes")

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page; its result."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> Any:
        """The first element that matches a CSS selector."""
        return self.driver.find_element("css selector", selector)

    def text(self, selector: str) -> str:
        """The text of the first element that matches a CSS selector, as it is displayed."""
        return str(self.find(selector).text)

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that match a CSS selector."""
        return [str(each.text) for each in self.driver.find_elements("css selector", selector)]

    @contextmanager
    def frame(self, selector: str) -> Iterator[None]:
        """Within this, everything is about the page in a frame."""
        self.driver.switch_to.frame(self.find(selector))
        yield
        self.driver.switch_to.default_content()

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        from selenium.webdriver import ActionChains, Keys

        for key in keys:
            ActionChains(self.driver).send_keys(getattr(Keys, key, key)).perform()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + MOST_SECONDS
        while not condition():
            assert time.monotonic() < end, "the page did not become what it should be"
            time.sleep(0.02)

    def messages(self) -> list[str]:
        """The messages of the console since they were last read."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def serious_problems(self) -> list[str]:
        """What axe-core reports as serious or critical: the rule, and the elements."""
        self.run(files("axe_core_python").joinpath("axe.min.js").read_text("utf-8"))
        found = self.driver.execute_async_script("axe.run(document).then(arguments[arguments.length - 1])")
        return [
            f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
        ]

    def is_painted(self, selector: str) -> bool:
        """Whether something is drawn on a canvas."""
        script = (
            "const canvas = document.querySelector(arguments[0]);"
            "return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value)"
        )
        return bool(self.run(script, selector))

    def quit(self) -> None:
        """Close the browser."""
        self.driver.quit()
