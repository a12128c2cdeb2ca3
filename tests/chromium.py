"""Chromium without a window, told what to do through its own debugging pipe: no driver, no library."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
#: No page takes so many seconds.
PATIENCE = 60


def at_hand() -> str:
    """Return where Chromium is; empty where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


class Page:
    """One page that is open; whatever it asked the network or the disk for is in `requests`."""

    def __init__(self, browser: "Browser") -> None:
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.requests: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Ask something of the page's own tab."""
        return self._browser.call(method, self._session, self, **given)

    def hear(self, said: dict[str, Any]) -> None:
        """Take in what the browser says of the page unasked."""
        given = said.get("params", {})
        if said["method"] == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        elif said["method"] == "Runtime.exceptionThrown":
            self.complaints.append(given["exceptionDetails"].get("text", "exception"))
        elif said["method"] == "Log.entryAdded" and given["entry"]["level"] in ("error", "warning"):
            self.complaints.append(given["entry"]["text"])

    def media(self, **features: str) -> None:
        """Set what the reader prefers, such as ``prefers_color_scheme="dark"``."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=named)

    def size(self, width: int, height: int = 900) -> None:
        """Set the size of the window."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, path: Path, fragment: str = "") -> "Page":
        """Open a file and wait until it has reached its verdict."""
        self.call("Page.navigate", url="about:blank")
        self.requests.clear()
        self.call("Page.navigate", url=path.absolute().as_uri() + (f"#{fragment}" if fragment else ""))
        self.wait("!['', 'checking', undefined].includes(document.documentElement.dataset.verdict)")
        return self

    def run(self, script: str) -> Any:
        """Return what a script comes to in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the page."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(AssertionError):
                if self.run(condition):
                    return
            time.sleep(0.02)
        raise AssertionError(f"never came true: {condition}")

    def read(self, selector: str) -> str:
        """Return the text a reader sees in an element."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def picture(self) -> bytes:
        """Return the whole page as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        return base64.b64decode(
            self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        )

    def printed(self) -> bytes:
        """Return the page as it prints, as PDF."""
        return base64.b64decode(
            self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        )

    def choose(self, selector: str, *files: Path) -> None:
        """Choose files in a field."""
        document = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=document, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])


class Browser:
    """A browser that runs; it writes to us through one pipe and reads from us through another."""

    def __init__(self, program: str, folder: str) -> None:
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()

        def place() -> None:
            # The browser expects its pipes as numbers 3 and 4.
            spare_in, spare_out = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(spare_in, 3)
            os.dup2(spare_out, 4)

        self._process = subprocess.Popen(
            [
                program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-extensions", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
                "--force-color-profile=srgb", "--hide-scrollbars", f"--user-data-dir={folder}",
                "--remote-debugging-pipe",
            ],
            preexec_fn=place,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._number, self._kept = 0, b""
        self._pages: dict[str, Page] = {}

    def call(
        self, method: str, session: str = "", page: Page | None = None, /, **given: Any
    ) -> dict[str, Any]:
        """Ask for something and wait for the answer."""
        self._number += 1
        number = self._number
        if page and session:
            self._pages[session] = page
        asked: dict[str, Any] = {"id": number, "method": method, "params": given}
        if session:
            asked["sessionId"] = session
        self._write(json.dumps(asked).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == number:
                assert "error" not in said, said["error"]
                return dict(said["result"])
            if "method" in said and said.get("sessionId") in self._pages:
                self._pages[said["sessionId"]].hear(said)

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._to, data) :]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._kept:
            more = os.read(self._from, 1 << 20)
            assert more, "the browser ended"
            self._kept += more
        line, _, self._kept = self._kept.partition(b"\0")
        return dict(json.loads(line))

    def close(self) -> None:
        """End the browser."""
        with suppress(Exception):
            self.call("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)


@contextmanager
def running() -> Iterator[Browser]:
    """Give a browser for the length of a ``with``."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(at_hand(), folder)
        try:
            yield browser
        finally:
            browser.close()
