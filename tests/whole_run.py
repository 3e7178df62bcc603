"""A whole use of the program in this process, watched: ``python whole_run.py ALBUM BIN NOTES``.

Every attempt to reach a network is refused, as is, while the program only looks, every attempt to
write or change something in the album. What was refused, and all that was logged, stands in NOTES
as JSON. The library is the one that the environment names.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

NETWORK = {
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.gethostbyaddr", "socket.getnameinfo", "socket.sendto", "socket.sendmsg",
    "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect",
}  # fmt: skip
CHANGING = {
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.utime",
    "os.truncate", "os.link", "os.symlink", "os.setxattr", "os.removexattr", "shutil.move",
    "shutil.copyfile", "shutil.rmtree",
}  # fmt: skip
TRIED = ("::1", 0)
"""So urllib3, which a library imports, finds out whether this computer knows IPv6."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

album, target, notes = sys.argv[1:4]
refused: list[str] = []
opened: set[str] = set()
looking = False


def inside(path: object) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    whole = os.path.abspath(os.fsdecode(path))
    return whole == album or whole.startswith(album + os.sep)


def watch(event: str, facts: tuple[object, ...]) -> None:
    bad = event in NETWORK and not (event == "socket.bind" and facts[1] == TRIED)
    if looking and event in CHANGING:
        bad = any(inside(fact) for fact in facts[:2])
    elif looking and event == "open" and inside(facts[0]):
        opened.add(os.fsdecode(facts[0]))  # type: ignore[arg-type]
        bad = bool(int(facts[2] or 0) & WRITING)  # type: ignore[call-overload]
    if bad:
        refused.append(f"{event} {facts!r}")
        raise PermissionError(f"refused: {event}")


sys.addaudithook(watch)

from albumdedup.__main__ import main  # noqa: E402  what is imported is watched, too

logged = io.StringIO()
logging.basicConfig(level=logging.WARNING, stream=logged)  # as the window does; commands tell less
logging.getLogger("albumdedup").setLevel(logging.DEBUG)
said: list[tuple[str, int, str]] = []


def run(only_looks: bool, *arguments: str) -> None:
    global looking
    looking = only_looks
    out = io.StringIO()
    out.reconfigure = lambda **_: None  # type: ignore[attr-defined]
    sys.argv = ["albumdedup", *arguments]
    with redirect_stdout(out), redirect_stderr(out):
        code = main()
    looking = False
    said.append((arguments[0], code, out.getvalue()))


run(True, "scan", album)
run(True, "scan", album, "--extractor", "album")
run(True, "report", "--format", "html", "--out", str(Path(notes).with_suffix(".html")))
run(True, "search", os.path.join(album, "Pictures", "IMG_0000.jpg"))
run(True, "clean")
run(False, "clean", "--apply", "--to", target)
run(False, "undo")
Path(notes).write_text(
    json.dumps({"refused": refused, "opened": sorted(opened), "said": said,
                "logged": logged.getvalue()}),
    encoding="utf-8",
)  # fmt: skip
