"""What takes the space of a folder: ``python packaging/sizes.py FOLDER``."""

from __future__ import annotations

import sys
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

PARTS = {
    "torch: libtorch_cpu": ("torch/lib/libtorch_cpu*", "torch_cpu.dll"),
    "torch, torchvision: the rest": ("torch/*", "torchvision/*", "torch*", "functorch/*"),
    "Qt and PySide6": ("PySide6/*", "shiboken6/*", "libQt6*"),
    "OpenCV": ("cv2/*", "opencv*"),
    "Arrow (tables of Milvus Lite)": ("pyarrow/*", "libarrow*", "libparquet*"),
    "NumPy": ("numpy/*", "numpy.libs/*", "libscipy_openblas*"),
    "Faiss (indexes of Milvus Lite)": ("faiss/*", "faiss_cpu.libs/*"),
    "Milvus: client, embedded store, gRPC": ("pymilvus*", "milvus_lite*", "grpc/*", "google/*"),
    "picture formats: Pillow, HEIF, JPEG XL, RAW": (
        "PIL/*", "pillow*", "_pillow_heif*", "rawpy*", "libheif*", "libde265*",
    ),
    "the program itself: model, texts": ("albumdedup/*",),
    "Python: interpreter and all pure modules": (
        "libpython*", "base_library.zip", "lib-dynload/*", "python3*/*", "albumdedup*",
    ),
}  # fmt: skip
REST = "libraries of the system, and the rest"


def parts(folder: Path) -> Counter[str]:
    """Bytes by part. A symbolic link takes none."""
    found: Counter[str] = Counter()
    inner = folder / "_internal"
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        below = path.relative_to(inner if inner in path.parents else folder).as_posix()
        part = next(
            (p for p, names in PARTS.items() if any(fnmatch(below, n) for n in names)), REST
        )
        found[part] += path.stat().st_size
    return found


def table(folder: Path) -> str:
    found = parts(folder)
    lines = ["| part | MB |", "| --- | ---: |"]
    lines += [f"| {part} | {size / 1e6:.1f} |" for part, size in found.most_common()]
    return "\n".join([*lines, f"| **all** | **{found.total() / 1e6:.1f}** |"])


if __name__ == "__main__":
    print(table(Path(sys.argv[1])))
