"""Metadata made to hurt: trees with circles, giant counts, packets that unfold, odd texts."""

from __future__ import annotations

import copy
import json
import random
import struct
import zlib
from collections.abc import Callable

from fuzzing.corpus import XMP

_TAGS = (
    0x010E, 0x010F, 0x0110, 0x0112, 0x0131, 0x0132, 0x014A, 0x02BC, 0x4746, 0x8769, 0x8825, 0x83BB,
    0x8649, 0x8773, 0x9003, 0x9004, 0x9011, 0x9286, 0x9291, 0x927C, 0x829A, 0x8827, 0x9204, 0x9C9B,
    0x9C9C, 0x9C9E, 0xA005, 0x0201, 0x0202, 0x0111, 0x0117, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106,
    1, 2, 3, 4, 7, 29,
)  # fmt: skip
_COUNTS = (0, 1, 2, 3, 4, 5, 20, 64, 1000, 65535, 0x10000, 0x1FFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_TEXTS = (
    b"2019:05:01 12:03:04", b"0000:00:00 00:00:00", b"9999:99:99 99:99:99", b"\xff\xfe\xfd", b"",
    b"2019:02:30 25:61:61", b"+99:99", b"1" * 400, b"\xed\xa0\x80", b"UNICODE\0\xd8\0", b"\0" * 9,
    "２０１９:０５:０１ １２:０３:０４".encode(), "٣".encode(), b"1e999", b"nan", b"-inf",
)  # fmt: skip


def tree(chance: random.Random) -> bytes:
    """A TIFF of random directories, each entry of which may point at any of them."""
    sign = chance.choice("<>")
    mark = {"<": b"II*\0", ">": b"MM\0*"}[sign if chance.random() < 0.9 else chance.choice("<>")]
    counts = [chance.choice((0, 1, 3, 8, 20)) for _ in range(chance.randint(1, 6))]
    starts, at = [], 8
    for count in counts:
        starts.append(at)
        at += 2 + 12 * count + 4
    texts = b"".join(text + b"\0" for text in chance.sample(_TEXTS, 6))
    total = at + len(texts)
    targets = (*starts, *(chance.randrange(total + 40) for _ in range(3)), 0, 8, 0xFFFFFFFF)
    out = mark + struct.pack(sign + "I", chance.choice(targets))
    for count in counts:
        claimed = count if chance.random() < 0.8 else chance.choice((0, 1, 999, 65535))
        out += struct.pack(sign + "H", claimed)
        for _number in range(count):
            value = chance.choice((*targets, *range(10), at + chance.randrange(len(texts))))
            length = chance.choice(_COUNTS if chance.random() < 0.4 else (1, 1, 3, 20))
            tag, kind = chance.choice(_TAGS), chance.choice((*range(14), 129, 65535))
            out += struct.pack(sign + "HHII", tag, kind, length, value)
        out += struct.pack(sign + "I", chance.choice(targets))
    return out + texts


def packet(chance: random.Random) -> bytes:
    return chance.choice(_PACKETS)(chance)


def _deep(chance: random.Random) -> bytes:
    depth = chance.choice((50, 1000, 20_000))
    inner = b"<dc:subject>" * depth + b"x" + b"</dc:subject>" * chance.choice((depth, 0))
    return XMP.replace(b"At the sea", inner)


def _entities(_chance: random.Random) -> bytes:
    lines = [b'<!ENTITY a0 "lol">']
    lines += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)]
    return b"<!DOCTYPE x [" + b"".join(lines) + b"]>" + XMP.replace(b"At the sea", b"&a9;")


def _coded(chance: random.Random) -> bytes:
    code = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"))
    named = chance.choice((b"", b'<?xml version="1.0" encoding="%s"?>' % code.encode()))
    return named + XMP.decode().encode(code)


def _many(chance: random.Random) -> bytes:
    words = b"<rdf:li>w</rdf:li>" * chance.choice((10, 5000, 40_000))
    return XMP.replace(b"<rdf:li>sea</rdf:li>", words)


def _odd(chance: random.Random) -> bytes:
    text = chance.choice((*_TEXTS, b"&#x0;", b"&#xD800;", b"\x01", b"<![CDATA[", b"&#" + b"9" * 99))
    old = chance.choice((b"At the sea", b"2019-05-01T12:03:04Z", b'"4"', b"48,30.5N", b"sea"))
    return XMP.replace(old, text if old != b'"4"' else b'"' + text + b'"')


_PACKETS: tuple[Callable[[random.Random], bytes], ...] = (_deep, _entities, _coded, _many, _odd)


def iptc(chance: random.Random) -> bytes:
    """Datasets, some of which claim to be longer than the block."""
    out = b""
    for _number in range(chance.choice((0, 1, 5, 3000))):
        text = chance.choice(_TEXTS)
        length = len(text) if chance.random() < 0.8 else chance.choice((0, 0x7FFF, 0x8004, 0xFFFF))
        dataset = chance.choice((0, 5, 25, 55, 60, 80, 90, 105, 120, 255))
        out += (
            bytes((0x1C, chance.choice((1, 2, 2, 2)), dataset)) + struct.pack(">H", length) + text
        )
    return out


def resources(chance: random.Random) -> bytes:
    """Photoshop's resource blocks around an IPTC block."""
    body = iptc(chance)[:60_000]
    name = chance.choice((b"\0\0", b"\x03abc", b"\xff"))
    length = len(body) if chance.random() < 0.7 else chance.choice((0, 0xFFFFFFFF, 7, 0x7FFFFFFF))
    block = b"8BIM" + struct.pack(">H", chance.choice((0x0404, 0x0404, 0x03ED, 0)))
    return b"Photoshop 3.0\0" + (block + name + struct.pack(">I", length) + body) * 2


def extended(chance: random.Random) -> list[bytes]:
    """Parts of extended XMP: the order, lengths and offsets may all lie."""
    guid = b"0123456789ABCDEF" * 2
    whole = packet(chance)[:200_000] or b"x"
    main = XMP.replace(
        b'xmp:Rating="4"',
        b'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="' + guid + b'"',
    )
    parts = [b"http://ns.adobe.com/xap/1.0/\0" + main]
    step = chance.choice((10, 5000, 60_000))
    for at in list(range(0, len(whole), step))[:300]:
        total = len(whole) if chance.random() < 0.9 else chance.choice(_COUNTS)
        where = at if chance.random() < 0.9 else chance.choice(_COUNTS)
        head = b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", total, where)
        parts.append(head + whole[at : at + step])
    return parts


def document(data: bytes, chance: random.Random) -> bytes:
    """A JSON file with one of its values replaced."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return data
    odd = chance.choice(
        (None, True, -1, 10**400, 1e308, float("nan"), "", "\ud800", "x" * 10_000, [], {}, [[]] * 9,
         {"timestamp": "9" * 30}, {"timestamp": "-99999999999"}, {"latitude": 10**400}, [None])
    )  # fmt: skip
    for _step in range(chance.randint(0, 3)):
        if not isinstance(told, dict) or not told:
            break
        key = chance.choice(sorted(told))
        if isinstance(told[key], dict) and told[key] and chance.random() < 0.5:
            inner = chance.choice(sorted(told[key]))
            told[key][inner] = copy.deepcopy(odd)
        else:
            told[key] = copy.deepcopy(odd)
    if chance.random() < 0.1:
        return b"[" * 100_000
    return json.dumps(told).encode()


def into(data: bytes, chance: random.Random) -> bytes:
    """The picture with hostile metadata where its format keeps it; else over a TIFF in it."""
    if data[:2] == b"\xff\xd8":
        kind = chance.randrange(4)
        bodies = (
            [b"Exif\0\0" + tree(chance)], [b"http://ns.adobe.com/xap/1.0/\0" + packet(chance)],
            extended(chance), [resources(chance)],
        )[kind]  # fmt: skip
        marker = b"\xff\xed" if kind == 3 else b"\xff\xe1"
        made = (marker + struct.pack(">H", len(b[:65533]) + 2) + b[:65533] for b in bodies)
        return data[:2] + b"".join(made) + data[2:]
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return data[:33] + _chunk(*_png(chance)) + data[33:]
    if data[:4] == b"RIFF":
        name, body = chance.choice(((b"EXIF", tree(chance)), (b"XMP ", packet(chance))))
        body += bytes(len(body) % 2)
        whole = data[8:] + name + struct.pack("<I", len(body)) + body
        return b"RIFF" + struct.pack("<I", len(whole)) + whole
    at = max(data.rfind(mark) for mark in (b"II*\0", b"MM\0*"))
    if at < 0:
        at = data.find(b"<x:xmpmeta")
        made = packet(chance)
    else:
        made = tree(chance)
    return data if at < 0 else data[:at] + made + data[at + len(made) :]


def _png(chance: random.Random) -> tuple[bytes, bytes]:
    kind = chance.randrange(4)
    if kind == 0:
        return b"eXIf", tree(chance)
    if kind == 1:
        squeezed = chance.random() < 0.5
        body = packet(chance) if chance.random() < 0.7 else bytes(30_000_000)
        text = zlib.compress(body) if squeezed or len(body) > 1_000_000 else body
        return b"iTXt", b"XML:com.adobe.xmp\0" + bytes((squeezed, 0)) + b"\0\0" + text
    raw = chance.choice((tree(chance), iptc(chance), packet(chance)))
    name = chance.choice((b"exif", b"iptc", b"xmp", b"8bim", b"APP1"))
    length = len(raw) if chance.random() < 0.8 else chance.choice(_COUNTS)
    text = b"\n%s\n%8d\n%s\n" % (name, length, raw.hex().encode())
    return b"zTXt", b"Raw profile type " + name + b"\0\0" + zlib.compress(text)


def _chunk(kind: bytes, body: bytes) -> bytes:
    head = struct.pack(">I", len(body)) + kind + body
    return head + struct.pack(">I", zlib.crc32(kind + body))
