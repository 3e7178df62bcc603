"""The size of a JPEG XL picture before it is decoded: its plug-in decodes when it opens.

After ISO/IEC 18181-1, "SizeHeader": a signature, then fields of single bits.
"""

from __future__ import annotations

from albumdedup.core.decoder.boxes import boxes

_CODESTREAM = b"\xff\x0a"
_LENGTHS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_ENOUGH = 16


def jxl_size(data: bytes) -> tuple[int, int] | None:
    """Width and height; None where no header can be found."""
    head = _head(data)
    if head[:2] != _CODESTREAM or len(head) < 6:
        return None
    bits = _Bits(int.from_bytes(head[2:_ENOUGH], "little"))
    small = bits.take(1)
    height = _side(bits, small)
    ratio = bits.take(3)
    if ratio:
        top, below = _RATIOS[ratio]
        return height * top // below, height
    return _side(bits, small), height


def _head(data: bytes) -> bytes:
    if data[:2] == _CODESTREAM:
        return data[:_ENOUGH]
    head = b""
    for box in boxes(data):
        if box.kind in (b"jxlc", b"jxlp"):  # the first part may be four bytes long
            start = box.start + (4 if box.kind == b"jxlp" else 0)
            head += data[start : min(box.end, start + _ENOUGH)]
        if len(head) >= _ENOUGH or box.kind == b"jxlc":
            break
    return head[:_ENOUGH]


class _Bits:
    """Fields of bits, the lowest first."""

    def __init__(self, value: int) -> None:
        self._value = value

    def take(self, count: int) -> int:
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        return taken


def _side(bits: _Bits, small: int) -> int:
    if small:
        return 8 * (bits.take(5) + 1)
    return bits.take(_LENGTHS[bits.take(2)]) + 1
