"""The extractors that are known, one row each. Facts only: no torch.

To add one: an entry in ``ROWS`` here, and a builder of its name in ``ml/vision.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from albumdedup.core.types import ExtractorSpec


class Speed(StrEnum):
    """Time to describe a photo on a CPU, beside ``album``: up to 5 times, up to 20, more."""

    FAST = "fast"
    MEDIUM = "medium"
    SLOW = "slow"


class Memory(StrEnum):
    """What describing adds to the program: up to 500 MB, up to 1 GB, more."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class Source:
    """Where official weights come from. ``sha256`` is whole where public records agree on it,
    else the eight digits that torchvision puts into the file's name; ``bytes`` likewise exact or
    None. A download ends at ``limit``."""

    url: str
    sha256: str
    bytes: int | None
    limit: int
    licence: str

    @property
    def file(self) -> str:
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Row:
    """One extractor. ``network`` names the weights it needs, which several rows may share;
    ``source`` is None for weights that come with the program. ``batch`` is the number of photos
    of one pass. ``similar`` is the similarity from which its pairs are worth showing;
    ``measured`` says whether a measurement found it, or it is only careful."""

    spec: ExtractorSpec
    network: str
    source: Source | None
    speed: Speed
    memory: Memory
    batch: int
    similar: float
    measured: bool = False

    @property
    def licence(self) -> str:
        return self.source.licence if self.source else "MIT"


CAREFUL = 0.95
"""Until somebody measures: networks trained to tell kinds of things apart put all photos of a
beach or of a birthday close together, so that ``album``'s 0.90 would show crowds."""

_SQUASH = "srgb-squash224-imagenet"
"""The whole picture, upright and in sRGB, squashed to 224 × 224, then normalised as torchvision's
``transforms()`` do. Those crop the middle first, and a descriptor that does not see the border of
a photo takes a crop of it for the whole."""

_LICENCE = "BSD-3-Clause"


def _official(file: str, sha256: str, size: int | None = None, limit: int = 0) -> Source:
    place = f"https://download.pytorch.org/models/{file}"
    return Source(place, sha256, size, limit if size is None else size, _LICENCE)


_MOBILENET_SMALL = _official(
    "mobilenet_v3_small-047dcff4.pth",
    "047dcff4addef86ea5bc2eff13c9614dc11f47ab1160d0a71a25e7db994f4e1f",
    10_306_551,
)
_MOBILENET_LARGE = _official("mobilenet_v3_large-8738ca79.pth", "8738ca79", limit=22_200_000)
_RESNET18 = _official(
    "resnet18-f37072fd.pth",
    "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
    46_830_571,
)
_RESNET50 = _official(
    "resnet50-0676ba61.pth",
    "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
    102_530_333,
)
_RESNET101 = _official(
    "resnet101-63fe2227.pth",
    "63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a",
    limit=178_900_000,
)
_VGG16 = _official(
    "vgg16-397923af.pth",
    "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    553_433_881,
)
_VGG19 = _official(
    "vgg19-dcbb9e9d.pth",
    "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
    574_673_361,
)


def _row(
    name: str,
    dim: int,
    source: Source,
    speed: Speed,
    memory: Memory,
    batch: int = 32,
    network: str = "",
) -> Row:
    network = network or name
    spec = ExtractorSpec(name, dim, 224, f"{network}.safetensors", source.sha256, _SQUASH)
    return Row(spec, network, source, speed, memory, batch, CAREFUL)


_ALL = (
    Row(
        ExtractorSpec(
            name="album",
            dim=128,
            input_edge=128,
            weights_file="album.safetensors",
            sha256="d3914f84ab36038c43e3ca5a34b374b0a9cd01229ca59621a40586524f355179",
            preprocessing="srgb-squash128-imagenet",
        ),
        network="album",
        source=None,
        speed=Speed.FAST,
        memory=Memory.LIGHT,
        batch=32,
        similar=0.90,
        measured=True,
    ),
    _row("mobilenet_v3_small", 576, _MOBILENET_SMALL, Speed.FAST, Memory.LIGHT),
    _row("mobilenet_v3_large", 960, _MOBILENET_LARGE, Speed.FAST, Memory.LIGHT),
    _row("resnet18", 512, _RESNET18, Speed.MEDIUM, Memory.LIGHT),
    _row("resnet50", 2048, _RESNET50, Speed.SLOW, Memory.LIGHT, 16),
    _row("resnet50_gem", 2048, _RESNET50, Speed.SLOW, Memory.LIGHT, 16, "resnet50"),
    _row("resnet101", 2048, _RESNET101, Speed.SLOW, Memory.MEDIUM, 16),
    _row("vgg16", 4096, _VGG16, Speed.SLOW, Memory.HEAVY, 8),
    _row("vgg19", 512, _VGG19, Speed.SLOW, Memory.MEDIUM, 8),
)
ROWS: dict[str, Row] = {row.spec.name: row for row in _ALL}
