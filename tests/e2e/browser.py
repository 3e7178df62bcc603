"""A real browser (Chromium, as QtWebEngine) in a process of its own, told by lines of JSON what to
do: it cannot share a process with tests that have an application of Qt already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PATIENCE = 60.0


def missing() -> str:
    """Why there is no browser here; empty where there is."""
    if find_spec("PySide6.QtWebEngineCore") is None:
        return "needs pyside6-addons, whose QtWebEngine is the browser"
    done = subprocess.run(
        [sys.executable, __file__, "--try"], capture_output=True, text=True, env=_environment(),
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else f"the browser does not start: {done.stderr[-300:]}"


def _environment(language: str = "en", *, dark: bool = False) -> dict[str, str]:
    scheme = 0 if dark else 1
    flags = (
        f"--no-sandbox --disable-gpu --lang={language} "
        f"--blink-settings=preferredColorScheme={scheme}"
    )
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_CHROMIUM_FLAGS": flags}


class Browser:
    """The test's end of the line."""

    def __init__(self, language: str = "en-US", *, dark: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, language],
            env=_environment(language, dark=dark), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()

    def _tell(self, *words: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def load(self, address: str) -> bool:
        """Whether it was answered with other than an error."""
        return self._tell("load", address)

    def js(self, expression: str) -> Any:
        """What it is, as JSON has it."""
        found = self._tell("js", f"JSON.stringify({expression})")
        return json.loads(found) if found else None

    def act(self, statements: str) -> None:
        self._tell("js", f"(() => {{ {statements} }})(); 1")

    def until(self, code: str) -> Any:
        """Wait until the expression is something; a page shows what its requests bring."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := self.js(code):
                return found
            time.sleep(0.05)
        raise AssertionError(f"never came: {code}; {self.js('document.body.innerText')}")

    def key(self, name: str) -> None:
        """Press a key as a person does, by its name in Qt (``Tab``, ``Return``, ``Space``)."""
        self._tell("key", name)

    def picture(self, path: Path) -> None:
        self._tell("picture", str(path))

    def complaints(self) -> list[str]:
        """What the console said: errors, and what the CSP refused."""
        return self._tell("complaints")


def main() -> None:
    from PySide6.QtCore import QEventLoop, QSocketNotifier, Qt, QTimer, QUrl
    from PySide6.QtTest import QTest
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    if sys.argv[1:] == ["--try"]:
        QWebEnginePage()
        return
    complaints: list[str] = []

    class Page(QWebEnginePage):
        def javaScriptConsoleMessage(self, level, message, line, source):
            complaints.append(message)

    profile = QWebEngineProfile()
    profile.setHttpAcceptLanguage(sys.argv[1])
    view = QWebEngineView()
    page = Page(profile, view)
    view.setPage(page)
    view.resize(1100, 900)
    view.show()

    def waited(begin, signal=None):
        loop, found = QEventLoop(), []

        def ended(value):
            found.append(value)
            loop.quit()

        if signal is not None:
            signal.connect(ended)
        begin(ended)
        if not found:
            loop.exec()
        if signal is not None:
            signal.disconnect(ended)
        return found[0]

    def do(what, word=""):
        if what == "load":
            return waited(lambda ended: page.load(QUrl(word)), page.loadFinished)
        if what == "js":
            return waited(lambda ended: page.runJavaScript(word, 0, ended))
        if what == "key":
            QTest.keyClick(view.focusProxy(), getattr(Qt.Key, f"Key_{word}"))
            return True
        if what == "picture":
            return view.grab().save(word)
        return complaints

    def heard():
        line = sys.stdin.readline()
        if not line:
            page.deleteLater()
            QTimer.singleShot(0, application.quit)
            return
        notifier.setEnabled(False)
        answer = do(*json.loads(line))
        notifier.setEnabled(True)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(heard)
    application.exec()


if __name__ == "__main__":
    main()
