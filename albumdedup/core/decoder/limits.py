"""What one file may cost at most, and why. Past these it is listed, and the scan goes on.

Frames need no number: only the first one of a file is ever decoded, whatever it claims to hold.
"""

from __future__ import annotations

MAX_PIXELS = 250_000_000
"""The largest cameras and stitched panoramas stay below; decoded, that is 750 MB. Checked from
the header, before a pixel is decoded."""

GIANT_PIXELS = 50_000_000
"""Pictures of more pixels that have to be decoded whole are decoded one at a time, or in a worker:
with all threads at such pictures, memory would not hold them."""

MAX_BYTES = 512 * 1024 * 1024
"""A file is held in memory while it is decoded; no photo that is known to us is as large."""

MOST_SCANS = 100
"""A progressive JPEG draws the whole picture once for each of its scans. Cameras and editors write
10 or so; a file of a few kilobytes can claim thousands, which is hours."""

DECODE_SECONDS = 60.0
"""Then a worker is ended. A photo takes a second at most; the rest is for giants, and for
computers that have other things to do."""

DECODE_BYTES = 1_000_000
"""One second more for so many bytes of the file: JPEG 2000, the slowest that we measured, takes a
sixth of a second for them. What is small and takes long is hostile."""

START_SECONDS = 60.0
"""For a worker to start: half a second, on a drive that has to spin up, some."""

WORKER_BYTES = 1024 * 1024 * 1024
"""What a worker may add to its memory for one file: 50 million pixels of four channels, four
times over."""

ALONE_BYTES = 4 * WORKER_BYTES
"""For a file that needs more, or that ended its worker, once more: alone, so that only one at a
time may. MAX_PIXELS with alpha take 3 GB on their way to the extractor."""

STALL_CHUNK = 4 * 1024 * 1024
"""A read (core.patience) is seen to make progress once in so many bytes: 140 KB/s are enough."""
