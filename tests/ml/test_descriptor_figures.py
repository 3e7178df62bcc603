"""Figures of the descriptor alone, on examples that can be reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

from albumdedup.core.paths import resource
from albumdedup.evaluation.descriptor import Figures, main
from tests.pictures import save, scene


def figures(positive, negative):
    return Figures(
        np.array(positive, np.float32), np.array(negative, np.float32), np.zeros(1, np.float32)
    )


def test_average_precision_and_recall():
    found = figures([[0.9, 0.7], [0.5, 0.3]], [0.8, 0.4, 0.1])
    assert found.average_precision() == pytest.approx((1 / 1 + 2 / 3 + 3 / 4 + 4 / 6) / 4)
    assert found.recall_at(0.99).recall == 0.25
    assert found.recall_at(0.7).threshold == pytest.approx(0.5)


def test_the_command_prints_a_table(tmp_path, capsys):
    photos = [str(save(scene(seed, (320, 240)), tmp_path / f"{seed}.jpg")) for seed in (1, 2)]
    stranger = str(save(scene(3, (240, 320)), tmp_path / "3.jpg"))
    weights = str(resource("album.safetensors"))
    asked = ["--photos", *photos, "--strangers", stranger, "--weights"]
    assert main([*asked, weights]) == 0
    said = capsys.readouterr().out
    assert "| µAP | 0.9" in said or "| µAP | 1.0" in said
    assert "| screenshot |" in said
    assert main([*asked, str(tmp_path / "gone")]) == 6
    assert "gone" in capsys.readouterr().err
    assert main(["--photos", str(tmp_path / "no.jpg"), "--weights", weights]) == 3
    assert "no.jpg" in capsys.readouterr().err
