"""Squares of a pack → the copies that people make of them, a whole batch at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from albumdedup.ml.preprocess import DEVIATION, MEAN
from albumdedup.ml.train.geometry import Course, random_course
from albumdedup.ml.train.overlays import draw_overlays
from albumdedup.ml.train.tones import apply_tones, draw_tones, wear

_GROUND = 16
"""Edge of the reduced photo that a blurred ground is made of."""

_SMALLER = 1.6
"""From this reduction of its area on, a photo is fetched at twice the edge."""


def normalise(batch: Tensor) -> Tensor:
    """float32[n, 3, h, w] in 0..1 → what the network takes, channels last."""
    mean = torch.from_numpy(MEAN).to(batch)[:, None, None]
    deviation = torch.from_numpy(DEVIATION).to(batch)[:, None, None]
    return ((batch - mean) / deviation).contiguous(memory_format=torch.channels_last)


def plain(squares: NDArray[np.uint8], edge: int, device: torch.device) -> Tensor:
    """uint8[n, s, s, 3] → float32[n, 3, edge, edge] in 0..1, unedited."""
    batch = torch.from_numpy(np.array(squares)).to(device)  # a copy: the pack is read-only
    values = batch.permute(0, 3, 1, 2).float().div_(255)
    return functional.interpolate(values, (edge, edge), mode="bilinear", antialias=True)


def edited(
    squares: NDArray[np.uint8], aspects: NDArray[np.float32], edge: int, device: torch.device,
    chance: np.random.Generator, turns: float = 0.12,
) -> Tensor:  # fmt: skip
    """uint8[n, s, s, 3], float32[n] → float32[n, 3, edge, edge] in 0..1, each edited at random.

    The same generator state gives the same pixels, on one kind of device.
    """
    courses = [random_course(float(aspect), chance, turns) for aspect in aspects]
    tones = draw_tones(len(courses), chance)
    values = plain(squares, squares.shape[1], device)
    # Fetched at twice the edge and averaged: no aliasing.
    fine = np.array([np.linalg.det(course.back[:2, :2]) > _SMALLER for course in courses])
    out = values.new_empty((len(courses), 3, edge, edge))
    for part, size in ((fine, 2 * edge), (~fine, edge)):
        rows = np.flatnonzero(part)
        if len(rows):
            some = {name: value[rows] for name, value in tones.items()}
            made = _render(values[rows], [courses[row] for row in rows], some, size, chance)
            out[rows] = made if size == edge else functional.avg_pool2d(made, 2)
    return wear(_overlaid(out, courses, chance), chance)


def _render(
    values: Tensor, courses: Sequence[Course], tones: dict[str, Tensor], size: int,
    chance: np.random.Generator,
) -> Tensor:  # fmt: skip
    x, y = _points([course.back for course in courses], size, values)
    photo = functional.grid_sample(
        values, _grid(x, y), mode="bilinear", padding_mode="reflection", align_corners=False
    )
    inner = [course.frames[0].back if course.frames else np.eye(3) for course in courses]
    photo = apply_tones(photo, tones, *_points(inner, size, values))
    for layer in range(max(len(course.frames) for course in courses)):
        rows = [row for row, course in enumerate(courses) if len(course.frames) > layer]
        photo[rows] = _framed(photo[rows], values[rows], [courses[r] for r in rows], layer, chance)
    return photo


def _framed(
    photo: Tensor, values: Tensor, courses: Sequence[Course], layer: int,
    chance: np.random.Generator,
) -> Tensor:  # fmt: skip
    frames = [course.frames[layer] for course in courses]
    size = photo.shape[-1]
    x, y = _points([frame.back for frame in frames], size, photo)
    inside = ((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))[:, None]
    colour = torch.tensor([frame.colour for frame in frames]).to(photo)[:, :, None, None]
    uneven = torch.tensor([frame.uneven for frame in frames]).to(photo)[:, None, None, None]
    rough = torch.from_numpy(chance.uniform(-1, 1, (len(frames), 1, 4, 4)).astype(np.float32))
    light = functional.interpolate(rough.to(photo), (size, size), mode="bilinear")
    ground = (colour + uneven * light).expand_as(photo).clone()
    rows = [row for row, frame in enumerate(frames) if frame.blurred is not None]
    if rows:
        maps = [found for frame in frames if (found := frame.blurred) is not None]
        small = functional.adaptive_avg_pool2d(values[rows], _GROUND)
        gx, gy = _points(maps, size, photo)
        ground[rows] = functional.grid_sample(
            small, _grid(gx, gy), mode="bicubic", padding_mode="reflection", align_corners=False
        ).clamp(0, 1) * (0.85 if chance.random() < 0.5 else 1.0)
    return torch.where(inside, photo, ground)


def _points(maps: Sequence[NDArray[np.float64]], size: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Where the middles of size × size pixels come from: x, y float32[n, size, size]."""
    matrix = torch.from_numpy(np.stack(maps)).to(like)
    step = (torch.arange(size).to(like) + 0.5) / size
    v, u = torch.meshgrid(step, step, indexing="ij")
    flat = torch.stack((u, v, torch.ones_like(u))).reshape(3, -1)
    x, y, depth = (matrix @ flat).reshape(-1, 3, size, size).unbind(1)
    return x / depth, y / depth


def _grid(x: Tensor, y: Tensor) -> Tensor:
    return torch.stack((2 * x - 1, 2 * y - 1), -1)


def _overlaid(batch: Tensor, courses: Sequence[Course], chance: np.random.Generator) -> Tensor:
    edge = batch.shape[-1]
    for row, course in enumerate(courses):
        layer = draw_overlays(edge, chance, screen=course.screen, dark=course.dark)
        if layer is not None:
            drawn = torch.from_numpy(layer).to(batch).permute(2, 0, 1) / 255
            batch[row] = torch.lerp(batch[row], drawn[:3], drawn[3:])
    return batch
