"""A worker that decodes like the real one, but for pictures of one colour: they act.

The colour of a picture's first pixel says what it does, so that any format can carry it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from PIL import Image

from albumdedup.core import decoder
from albumdedup.core.decoder import decode_small as real

SEGV, KILL, ABORT, HANG, BOMB, EXIT, LOUD, DEAF = (
    (200, 10 * number, 0) for number in range(1, 9)
)  # fmt: skip
NEAR = 6
"""Grey levels that a lossy format may move a colour by."""


def poison(path: Path, deed: tuple[int, int, int], form: str = "TIFF", tall: int = 150) -> Path:
    """A picture that does this to whoever decodes it; of another content for each height."""
    Image.new("RGB", (200, tall), deed).save(path, form)
    return path


def act(image, size):
    metadata, decoded = real(image, size)
    colour = decoded.image.convert("RGB").getpixel((0, 0))

    if colour[0] == 200 and "POISON_NOTE" in os.environ:
        Path(os.environ["POISON_NOTE"]).touch()

    def says(deed) -> bool:
        return all(abs(a - b) <= NEAR // 2 for a, b in zip(colour, deed, strict=True))

    if says(SEGV):
        os.kill(os.getpid(), signal.SIGSEGV)
    if says(KILL):
        os.kill(os.getpid(), signal.SIGKILL)
    if says(ABORT):
        os.abort()
    if says(EXIT):
        os._exit(3)
    if says(HANG):
        time.sleep(600)
    if says(DEAF):  # holds the interpreter's lock, as some decoders do
        sum(range(10**12))
    if says(BOMB):
        held = []
        while True:
            held.append(b"x" * 50_000_000)
    if says(LOUD):
        os.write(1, b"libfoo: warning: between two frames")
        print("so much to say", flush=True)
        sys.stderr.write("and here")
    return metadata, decoded


def main() -> None:
    from albumdedup.system.isolation import worker

    decoder.decode_small = act
    worker._GRACE = 1.0
    sys.exit(worker.main())


COMMAND = (sys.executable, str(Path(__file__)))
"""What starts such a worker."""

if __name__ == "__main__":
    main()
