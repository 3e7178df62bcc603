"""From a file of weights to descriptors; what is no such file is refused in words."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from random_weights import random_network, save_random
from safetensors.torch import save_file
from torch import nn

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import describe
from albumdedup.ml.acquire import import_file, remove
from albumdedup.ml.model_folder import Measured, ModelFolder
from albumdedup.ml.registry import create, find, similar_of, spec_of, weights_of
from albumdedup.ml.rows import CAREFUL, ROWS
from albumdedup.ml.torch_extractor import BATCH

SMALL = "mobilenet_v3_small"


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return random_network(SMALL)


@pytest.fixture(scope="module")
def file(network, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "mine.pth"
    torch.save(network.state_dict(), path)
    return path


def squares(count: int, seed: int = 3, edge: int = 224) -> list[np.ndarray]:
    chance = np.random.default_rng(seed)
    coarse = chance.integers(0, 256, (count, 14, 14, 3), np.uint8)
    return list(coarse.repeat(edge // 14, axis=1).repeat(edge // 14, axis=2))


def refused(path: Path, models: Path, name: str | None = None) -> AlbumError:
    with pytest.raises(AlbumError) as caught:
        import_file(path, models, name)
    assert str(path) in describe(caught.value)
    assert ModelFolder(models).find(SMALL) is None
    return caught.value


def test_from_a_file_to_descriptors(file, tmp_path):
    arrived = import_file(file, tmp_path / "models")
    assert arrived.names == (SMALL,)
    assert not arrived.kept.official
    made = create(SMALL, "cpu", models=tmp_path / "models")
    assert made.spec.sha256 == arrived.kept.came_sha256
    pictures = squares(BATCH + 3)
    found = made.extract(pictures)
    assert found.shape == (BATCH + 3, 576)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (found @ found.T - np.eye(len(found))).max() < 0.9999, "pictures are told apart"
    np.testing.assert_allclose(made.extract([pictures[5]])[0], found[5], atol=1e-6)
    np.testing.assert_array_equal(made.extract(pictures[3 : 3 + BATCH])[2], found[5])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(ROWS) - {"album", SMALL}))
def test_every_row_from_a_file_to_descriptors(name, tmp_path):
    path = save_random(ROWS[name].network, tmp_path / "random.pth")
    assert name in import_file(path, tmp_path, name).names
    made = create(name, "cpu", models=tmp_path)
    pictures = squares(ROWS[name].batch + 1)
    found = made.extract(pictures)
    assert found.shape == (len(pictures), ROWS[name].spec.dim)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(made.extract([pictures[1]])[0], found[1], atol=1e-5)
    np.testing.assert_array_equal(made.extract(pictures[1:])[0], found[1])


def legacy(state, path):
    torch.save(state, path, _use_new_zipfile_serialization=False)


def parallel(state, path):
    torch.save({"state_dict": {f"module.{k}": v for k, v in state.items()}, "epoch": 3}, path)


def bare(state, path):
    """Without a classifier, as those who train for features keep it."""
    save_file({k: v for k, v in state.items() if not k.startswith("classifier")}, path)


@pytest.mark.parametrize("write", [legacy, parallel, save_file, bare])
def test_other_forms_of_the_same_weights(write, network, file, tmp_path):
    path = tmp_path / "other"
    write(network.state_dict(), path)
    one = import_file(path, tmp_path / "one").kept
    other = import_file(file, tmp_path / "other models").kept
    assert one.sha256 == other.sha256, "kept alike"
    assert one.came_sha256 != other.came_sha256


def test_imported_again_it_keeps_its_measurement(file, tmp_path):
    import_file(file, tmp_path)
    assert similar_of(SMALL, tmp_path) == CAREFUL
    ModelFolder(tmp_path).remember(SMALL, SMALL, Measured(0.83, 500, 1e-6))
    import_file(file, tmp_path)
    assert similar_of(SMALL, tmp_path) == Measured(0.83, 500, 1e-6)
    torch.save(random_network(SMALL, seed=1).state_dict(), tmp_path / "other.pth")
    import_file(tmp_path / "other.pth", tmp_path)
    assert similar_of(SMALL, tmp_path) == CAREFUL, "other weights were not measured"


def test_half_precision_is_taken(network, tmp_path):
    half = {k: v.half() if v.is_floating_point() else v for k, v in network.state_dict().items()}
    save_file(half, tmp_path / "half.safetensors")
    import_file(tmp_path / "half.safetensors", tmp_path)
    found = create(SMALL, "cpu", models=tmp_path).extract(squares(2))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


class Harm:
    """A pickle that would make a file where it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("form", ["torch", "pickle"])
def test_code_in_a_file_is_not_run(form, protocol, tmp_path):
    path, mark = tmp_path / "evil.pth", tmp_path / "mark"
    if form == "torch":
        torch.save({"a": Harm(mark)}, path, pickle_protocol=protocol)
    else:
        path.write_bytes(pickle.dumps({"a": Harm(mark)}, protocol))
    assert refused(path, tmp_path / "models").code is ErrorCode.WEIGHTS_WITH_CODE
    assert not mark.exists()
    if form == "torch":
        torch.load(path, weights_only=False)
    else:
        pickle.loads(path.read_bytes())
    assert mark.exists(), "it would have done harm"


def test_a_whole_network_is_not_opened(tmp_path):
    path = tmp_path / "whole.pth"
    torch.save(nn.Linear(2, 2), path)
    assert refused(path, tmp_path / "models").code is ErrorCode.WEIGHTS_WITH_CODE


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.9999])
@pytest.mark.parametrize("write", [torch.save, legacy, save_file])
def test_cut_short(write, share, network, tmp_path):
    path = tmp_path / "cut"
    write(network.state_dict(), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert refused(path, tmp_path / "models").code is ErrorCode.WEIGHTS_DAMAGED


def a_picture(path):
    Image.new("RGB", (40, 40)).save(path, "JPEG")


def a_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (a_picture, "picture, JPEG"),
        (a_zip, "ZIP"),
        (Path.touch, "empty"),
        (Path.mkdir, "folder"),
        (lambda path: path.write_text("Dear diary, " * 9), "no file of torch"),
    ],
)
def test_what_holds_no_weights(make, words, tmp_path):
    path = tmp_path / "weights.pth"
    make(path)
    error = refused(path, tmp_path / "models")
    assert error.code is ErrorCode.NOT_WEIGHTS
    assert words in describe(error)


def test_no_file(tmp_path):
    assert refused(tmp_path / "gone.pth", tmp_path / "models").code is ErrorCode.NOT_THERE


@pytest.mark.parametrize("change", ["more", "less", "shape", "other", "list"])
def test_weights_of_no_network_that_is_known(change, network, tmp_path):
    state = dict(network.state_dict())
    if change == "more":
        state["features.99.weight"] = torch.zeros(3)
    elif change == "less":
        del state["features.0.0.weight"]
    elif change == "shape":
        state["features.0.0.weight"] = torch.zeros(16, 4, 3, 3)
    elif change == "other":
        state = {"stem.weight": torch.zeros(2, 2)}
    torch.save([1, 2] if change == "list" else state, tmp_path / "odd.pth")
    error = refused(tmp_path / "odd.pth", tmp_path / "models")
    assert error.code is ErrorCode.WEIGHTS_FOREIGN
    if change in ("more", "less", "shape"):
        assert f"nearest is {SMALL}, but for 1 of" in describe(error)


def test_values_that_are_no_numbers(network, tmp_path):
    state = {k: v.clone() for k, v in network.state_dict().items()}
    state["features.0.0.weight"][0] = float("nan")
    torch.save(state, tmp_path / "nan.pth")
    assert refused(tmp_path / "nan.pth", tmp_path / "m").code is ErrorCode.WEIGHTS_DAMAGED


def test_weights_of_another_row(file, tmp_path):
    error = refused(file, tmp_path, "resnet18")
    assert error.code is ErrorCode.WEIGHTS_OTHER
    assert SMALL in describe(error)


def test_a_file_that_is_refused_leaves_what_was_there(file, tmp_path):
    kept = import_file(file, tmp_path).kept
    (tmp_path / "cut.pth").write_bytes(file.read_bytes()[:9999])
    with pytest.raises(AlbumError):
        import_file(tmp_path / "cut.pth", tmp_path)
    assert ModelFolder(tmp_path).find(SMALL) == kept


def test_without_weights_it_says_what_to_do(tmp_path):
    for models in (None, tmp_path / "nothing"):
        with pytest.raises(AlbumError) as caught:
            create("resnet50", "cpu", models=models)
        assert caught.value.code is ErrorCode.WEIGHTS_NOT_HERE
        assert "albumdedup models download resnet50" in describe(caught.value)


def test_weights_that_changed_on_the_disk(file, tmp_path):
    import_file(file, tmp_path)
    path = tmp_path / f"{SMALL}.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(AlbumError) as caught:
        create(SMALL, "cpu", models=tmp_path)
    assert caught.value.code is ErrorCode.WEIGHTS_SPOILT
    assert f"albumdedup models download {SMALL}" in describe(caught.value)
    path.write_bytes(data[:1000])
    with pytest.raises(AlbumError) as caught:
        create(SMALL, "cpu", models=tmp_path)
    assert caught.value.code is ErrorCode.WEIGHTS_NOT_HERE


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 9}', '{"schema": 1}'])
def test_a_note_that_is_not_understood_is_none(text, file, tmp_path):
    import_file(file, tmp_path)
    (tmp_path / f"{SMALL}.json").write_text(text)
    assert ModelFolder(tmp_path).find(SMALL) is None


def test_remove_frees_the_space(file, tmp_path):
    models = tmp_path / "models"
    kept = import_file(file, models).kept
    ModelFolder(models).part(ROWS[SMALL].source.file).write_bytes(b"begun")
    freed, names = remove(SMALL, models)
    assert freed > kept.bytes
    assert names == (SMALL,)
    assert [path.name for path in models.iterdir()] == ["models.lock"]
    assert remove(SMALL, models)[0] == 0
    assert remove(SMALL, tmp_path / "never made")[0] == 0


def test_rows_may_share_weights(tmp_path):
    tmp_path.joinpath("resnet50.safetensors").write_bytes(b"12345")
    note = {
        "schema": 1, "network": "resnet50", "came_from": "", "came_sha256": "ab" * 32,
        "official": False, "sha256": "cd" * 32, "bytes": 5, "measured": {},
    }  # fmt: skip
    tmp_path.joinpath("resnet50.json").write_text(json.dumps(note))
    for name in ("resnet50", "resnet50_gem"):
        assert weights_of(name, tmp_path) == (tmp_path / "resnet50.safetensors", "cd" * 32)
        assert spec_of(name, tmp_path).sha256 == "ab" * 32
    assert spec_of("resnet18", tmp_path).sha256 == ROWS["resnet18"].spec.sha256
    assert remove("resnet50_gem", tmp_path)[1] == ("resnet50", "resnet50_gem")


def test_another_process_at_work(file, tmp_path):
    with ModelFolder(tmp_path).alone(), pytest.raises(AlbumError) as caught:
        import_file(file, tmp_path)
    assert caught.value.code is ErrorCode.MODELS_BUSY


def test_what_comes_with_the_program_stays(file, tmp_path):
    for act in (lambda: remove("album", tmp_path), lambda: import_file(file, tmp_path, "album")):
        with pytest.raises(AlbumError) as caught:
            act()
        assert caught.value.code is ErrorCode.WEIGHTS_INCLUDED


@pytest.mark.parametrize(
    ("name", "near"), [("resnet-50", "resnet50"), ("VGG16", "vgg16"), ("mobilenet", "mobilenet_v3")]
)
def test_the_nearest_name_is_told(name, near):
    with pytest.raises(AlbumError) as caught:
        find(name)
    assert caught.value.code is ErrorCode.EXTRACTOR_MISSPELT
    assert f"did you mean {near}" in describe(caught.value)


def test_a_name_that_is_near_to_none():
    with pytest.raises(AlbumError) as caught:
        find("xyz")
    assert caught.value.code is ErrorCode.EXTRACTOR_UNKNOWN
    assert "vgg19" in describe(caught.value)


def test_a_list_needs_no_torch(tmp_path):
    code = (
        "import sys; from pathlib import Path; from albumdedup.cli import models, models_table;"
        f"models_table.as_json(Path({str(tmp_path)!r}), 'album');"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
