"""Only what is named here may import what speaks to a network (docs/privacy.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import albumdedup

NETWORK = (
    "socket", "ssl", "http", "urllib.request", "urllib.error", "asyncio", "ftplib", "smtplib",
    "imaplib", "poplib", "xmlrpc", "webbrowser", "requests", "urllib3", "httpx", "aiohttp", "grpc",
    "uvicorn", "starlette", "pymilvus", "milvus_lite", "PySide6.QtNetwork",
)  # fmt: skip
MAY = {
    "service/": "answers, where somebody starts it",
    "cli/serve.py": "starts it",
    "evaluation/bench/serve.py": "measures it, on loopback",
    "store/milvus": "the vector store: in this process, or at the address that is set",
    "ml/download.py": "weights that somebody asked for",
    "ml/acquire.py": "its failures",
    "gui/single.py": "a local socket of the same person",
}


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {one for one in names if any(one == n or one.startswith(f"{n}.") for n in NETWORK)}


def test_nobody_else_speaks_to_a_network():
    package = Path(albumdedup.__file__).parent
    found = {
        file.relative_to(package).as_posix(): names
        for file in package.rglob("*.py")
        if (names := imported(file))
    }
    # One function of it, which turns file: addresses into paths.
    assert found.pop("core/asking.py") == {"urllib.request", "urllib.request.url2pathname"}
    strangers = {name: what for name, what in found.items() if not name.startswith(tuple(MAY))}
    assert strangers == {}
    assert [place for place in MAY if not any(name.startswith(place) for name in found)] == []


def test_the_one_local_socket_of_the_window_is_of_no_network():
    package = Path(albumdedup.__file__).parent
    names = imported(package / "gui" / "single.py")
    assert names == {
        "PySide6.QtNetwork", "PySide6.QtNetwork.QLocalServer", "PySide6.QtNetwork.QLocalSocket",
    }  # fmt: skip
