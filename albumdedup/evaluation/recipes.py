"""The ways to describe and compare that people know, each as it is usually told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from albumdedup.evaluation.labels import Metric
from albumdedup.ml.registry import DEFAULT, find


@dataclass(frozen=True, slots=True)
class Recipe:
    """An extractor, what is ``taken`` from it, and how two descriptors are compared. Base photos
    whose score lies below ``least`` are not found; ``pca`` > 0: reduced to so many dimensions."""

    extractor: str
    taken: str
    metric: Metric
    least: float | None = None
    pca: int = 0

    @property
    def name(self) -> str:
        return f"{self.extractor}-pca{self.pca}" if self.pca else self.extractor

    @property
    def rule(self) -> str:
        told = self.metric.value
        return told if self.least is None else f"{told} ≥ {self.least:.2f}"


_KNOWN = (
    Recipe(DEFAULT, "GeM", Metric.IP),
    Recipe("vgg16", "fc7", Metric.L2),
    Recipe("resnet50", "avgpool", Metric.IP),
    Recipe("resnet50_gem", "layer4 GeM", Metric.IP),
    Recipe("vgg19", "pooled", Metric.COSINE, 0.60),
    Recipe("mobilenet_v3_small", "pooled", Metric.IP),
)
CLASSIC = tuple(recipe.extractor for recipe in _KNOWN)


def recipes(extractors: Sequence[str], pca: int = 0) -> list[Recipe]:
    """One for each extractor, in the order named (default: ours and the classic ones). With
    ``pca``, one more for each that has more dimensions. Raises AlbumError as ``registry.find``."""
    known = {recipe.extractor: recipe for recipe in _KNOWN}
    found: list[Recipe] = []
    for name in dict.fromkeys(extractors or CLASSIC):
        dim = find(name).spec.dim
        recipe = known.get(name, Recipe(name, "pooled", Metric.IP))
        found.append(recipe)
        if 0 < pca < dim:
            found.append(Recipe(name, recipe.taken, recipe.metric, recipe.least, pca))
    return found
