"""How much memory a process holds, and has held at most."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_bytes() -> int | None:
    """The largest resident size until now; None where the platform does not tell.

    Linux keeps it in /proc for this program alone: what ``getrusage`` tells there begins with
    the size of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


def resident_bytes(process: int) -> int | None:
    """What another process holds now; None where the platform does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    sizes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
    return sizes[0] * 1024 if sizes else None
