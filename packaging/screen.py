"""A screen of memory (Xvfb) that can be read while a program paints on it, and closes windows."""

from __future__ import annotations

import ctypes
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WIDTH, HEIGHT = 1280, 800
_CLIENT_MESSAGE = 33


@dataclass(frozen=True, slots=True)
class Screen:
    display: str
    memory: Path

    def pixels(self) -> np.ndarray:
        """uint8[h, w, 3], as shown now."""
        data = self.memory.read_bytes()
        head = struct.unpack(">25I", data[:100])
        header, height, line, colours = head[0], head[5], head[12], head[19]
        start = header + 12 * colours
        rows = np.frombuffer(data, np.uint8, height * line, start).reshape(height, line)
        return rows[:, : WIDTH * 4].reshape(height, WIDTH, 4)[:, :, 2::-1]

    def is_empty(self) -> bool:
        seen = self.pixels()[::16, ::16]
        return bool((seen == seen[0, 0]).all())

    def is_painted(self, least: float = 0.5) -> bool:
        """Whether most of the screen is no longer what it was when empty (black)."""
        return float(self.pixels()[::16, ::16].any(axis=2).mean()) >= least

    def close_windows(self) -> int:
        """Ask every window politely, as the button of its frame does. Returns how many."""
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        shown = ctypes.c_void_p(x11.XOpenDisplay(self.display.encode()))
        long, pointer = ctypes.c_ulong, ctypes.POINTER(ctypes.c_ulong)
        x11.XDefaultRootWindow.restype = x11.XInternAtom.restype = long
        protocols = x11.XInternAtom(shown, b"WM_PROTOCOLS", 0)
        please = x11.XInternAtom(shown, b"WM_DELETE_WINDOW", 0)
        root, parent, children, many = long(), long(), pointer(), ctypes.c_uint()
        top = long(x11.XDefaultRootWindow(shown))
        x11.XQueryTree(
            shown, top, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children),
            ctypes.byref(many),
        )  # fmt: skip
        told = 0
        for number in range(many.value):
            window = long(children[number])
            found, count = pointer(), ctypes.c_int()
            if not x11.XGetWMProtocols(
                shown, window, ctypes.byref(found), ctypes.byref(count)
            ) or please not in [found[i] for i in range(count.value)]:
                continue
            # XClientMessageEvent: type, serial, send_event, display, window, message, format, data
            event = struct.pack(
                "@iLiPLLi5l", _CLIENT_MESSAGE, 0, 1, shown.value, window.value, protocols, 32,
                please, 0, 0, 0, 0,
            )  # fmt: skip
            x11.XSendEvent(shown, window, 0, long(0), event.ljust(192, b"\0"))
            told += 1
        x11.XSync(shown, 0)
        x11.XCloseDisplay(shown)
        return told


@contextmanager
def screen(place: Path) -> Iterator[Screen]:
    """Below ``place``, a folder that is there. Raises RuntimeError where Xvfb is missing."""
    program = shutil.which("Xvfb")
    if program is None:
        raise RuntimeError("Xvfb is needed (Debian and Ubuntu: apt install xvfb).")
    server = subprocess.Popen(
        [program, "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", place,
         "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        display = f":{server.stdout.readline().strip()}"
        yield Screen(display, place / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait()


def until(ready: object, seconds: float, step: float = 0.005) -> float:
    """Wait until ``ready()``; the seconds that it took. Raises TimeoutError."""
    assert callable(ready)
    started = time.perf_counter()
    while not ready():
        if time.perf_counter() - started > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(step)
    return time.perf_counter() - started
