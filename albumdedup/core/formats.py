"""Which files are photos. The type is told by content; the suffix only says what to look at."""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from importlib.util import find_spec

from albumdedup.core.types import CompanionKind


@dataclass(frozen=True, slots=True)
class PhotoFormat:
    """A kind of picture file. ``pillow`` names the decoders that may open it; camera RAW has
    none, being opened by the picture in it."""

    name: str
    suffixes: tuple[str, ...]
    pillow: tuple[str, ...] = ()


JPEG = PhotoFormat("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".jps"), ("JPEG",))
PNG = PhotoFormat("PNG", (".png", ".apng"), ("PNG",))
WEBP = PhotoFormat("WebP", (".webp",), ("WEBP",))
AVIF = PhotoFormat("AVIF", (".avif", ".avifs"), ("AVIF",))
HEIF = PhotoFormat("HEIF", (".heic", ".heif", ".hif", ".heics"), ("HEIF",))
TIFF = PhotoFormat("TIFF", (".tif", ".tiff"), ("TIFF",))
BMP = PhotoFormat("BMP", (".bmp", ".dib"), ("BMP", "DIB"))
GIF = PhotoFormat("GIF", (".gif",), ("GIF",))
JPEG2000 = PhotoFormat("JPEG 2000", (".jp2", ".j2k", ".jpf", ".jpx", ".j2c"), ("JPEG2000",))
RAW = PhotoFormat(
    "camera RAW",
    (
        ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".dng", ".raf", ".orf",
        ".rw2", ".rwl", ".pef", ".srw", ".x3f", ".mrw", ".3fr", ".erf", ".kdc", ".dcr", ".mef",
        ".mos", ".iiq", ".gpr", ".fff", ".bay", ".k25",
    ),
)  # fmt: skip
JPEG_XL = PhotoFormat("JPEG XL", (".jxl",), ("JXL",))

FORMATS = (JPEG, PNG, WEBP, AVIF, HEIF, TIFF, BMP, GIF, JPEG2000, RAW, JPEG_XL)

PHOTO_SUFFIXES = frozenset(suffix for form in FORMATS for suffix in form.suffixes)
RAW_SUFFIXES = frozenset(RAW.suffixes)
RAW_FORMAT = "RAW"
"""What a photo's ``format`` is where its file is a camera RAW, whatever its name."""

_OTHER = """
3gp 7z aac aae aif apk asf avi bak bat bin bz2 c cache cfg cmd conf cpp css csv ctg dat db dll dmg
doc docx dtd eml epub eps exe flac flv gpx gz h htm html icns ico ics idx ini iso jar java js json
key kml lnk lock log lrcat lrv m2ts m3u m4a m4v md mid mkv mov mp3 mp4 mpeg mpg mts new numbers npy
npz odp ods odt ogg ogv opus pages part pdf php pickle plist ppt pptx ps psb psd py qoi rar rtf
safetensors sh sqlite srt svg swf tar tgz thm tmp toml torrent ts txt url vcf wav webm wma wmv xcf
xls xlsx xml xmp xz yaml yml zip
"""
OTHER_SUFFIXES = frozenset(f".{word}" for word in _OTHER.split())
"""Well-known files that are no photos: counted, never opened."""

COMPANION_SUFFIXES = {
    ".mov": CompanionKind.FILM, ".mp4": CompanionKind.FILM, ".m4v": CompanionKind.FILM,
    ".xmp": CompanionKind.XMP, ".aae": CompanionKind.EDITS, ".json": CompanionKind.TAKEOUT,
    ".thm": CompanionKind.OTHER, ".wav": CompanionKind.OTHER, ".pp3": CompanionKind.OTHER,
    ".dop": CompanionKind.OTHER,
    **dict.fromkeys(RAW.suffixes, CompanionKind.RAW),
}  # fmt: skip
"""Files that may belong to a photo of the same name."""

APPLE_DOUBLE = "._"
"""What the name of a file begins with in which macOS keeps what other file systems cannot."""


def companion_kind(name: str) -> CompanionKind | None:
    """What a file of this name may be to a photo beside it."""
    if name.startswith(APPLE_DOUBLE):
        return CompanionKind.APPLE_DOUBLE
    dot = name.rfind(".")
    return COMPANION_SUFFIXES.get(name[dot:].lower()) if dot > 0 else None


HEAD_BYTES = 64
"""How much of a file ``sniff`` needs."""

_AVIF_BRANDS = frozenset({b"avif", b"avis", b"MA1A", b"MA1B"})
_HEIF_BRANDS = frozenset(
    {
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2",
        b"mif3", b"msf1", b"avci", b"avcs", b"j2ki", b"jpeg", b"jpgs", b"vvic",
    }
)  # fmt: skip
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""The sizes that the header of a bitmap can have: two letters alone may begin any text."""


def sniff(head: bytes, suffix: str = "") -> PhotoFormat | None:
    """The format of a file by its first bytes, None where it is no picture.

    ``suffix`` (lower case, with its dot) only tells camera RAW from the TIFF that it looks like.
    """
    if head[:3] == b"\xff\xd8\xff":
        return JPEG
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if _is_raw(head, suffix):
        return RAW
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return TIFF
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[:12] == b"\0\0\0\x0cjP  \r\n\x87\n" or head[:4] == b"\xff\x4f\xff\x51":
        return JPEG2000
    if head[:2] == b"\xff\x0a" or head[:12] == b"\0\0\0\x0cJXL \r\n\x87\n":
        return JPEG_XL
    return None


def _iso_media(head: bytes) -> PhotoFormat | None:
    """Films have the same frame: the brands tell, the main one and those it is compatible with."""
    end = min(len(head), int.from_bytes(head[:4], "big"))
    main, others = head[8:12], {head[at : at + 4] for at in range(16, end - 3, 4)}
    if main == b"crx ":
        return RAW
    if main in _AVIF_BRANDS or (main == b"mif3" and head[12:16] == b"avif"):
        return AVIF
    if others & _AVIF_BRANDS and b"heic" not in others:
        return AVIF
    return HEIF if main in _HEIF_BRANDS or others & _HEIF_BRANDS else None


def _is_raw(head: bytes, suffix: str) -> bool:
    if head[:8] == b"FUJIFILM" or head[:4] in (b"FOVb", b"IIU\0", b"IIRO", b"IIRS", b"MMOR"):
        return True
    if head[:4] == b"\0MRM" or head[6:14] == b"HEAPCCDR" or head[8:10] == b"CR":
        return True
    return suffix in RAW_SUFFIXES and head[:2] in (b"II", b"MM")


_registering = threading.Lock()
_registered: list[bool] = []


def register() -> None:
    """Load Pillow's decoders and teach it HEIF, once, at the first photo: it takes a while."""
    with _registering:
        if _registered:
            return
        from PIL import Image
        from pillow_heif import register_heif_opener

        Image.init()
        Image.MAX_IMAGE_PIXELS = None  # the decoder has its own limit, checked before decoding
        # Damaged metadata is a fact about a photo, told elsewhere, not a line on stderr.
        warnings.filterwarnings("ignore", module=r"PIL\.")

        register_heif_opener(thumbnails=False)
        _register_jpeg_xl()
        _registered.append(True)


def can_open_jpeg_xl() -> bool:
    """Whether the extra ``jxl`` is installed."""
    return find_spec("pillow_jxl") is not None


def _register_jpeg_xl() -> None:
    if not can_open_jpeg_xl():
        return
    from pillow_jxl import JpegXLImagePlugin

    JpegXLImagePlugin.DECODE_THREADS = 0  # the photos are decoded side by side already
