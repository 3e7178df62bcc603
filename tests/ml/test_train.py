"""Training: from a pack of pictures to a weights file, the same bits for the same seed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.paths import resource
from albumdedup.ml.registry import SPECS
from albumdedup.ml.torch_extractor import TorchExtractor
from albumdedup.ml.train.__main__ import main
from albumdedup.ml.train.augment import edited, normalise, plain
from albumdedup.ml.train.export import blended, read_start, write_weights
from albumdedup.ml.train.loop import Recipe, describe_rows, train
from albumdedup.ml.train.losses import contrast
from albumdedup.ml.train.pack import EDGE, open_pack
from tests.pictures import scene

CPU = torch.device("cpu")
PICTURES = 24
SMALL = Recipe(steps=5, batch=8, edge=32, held_out=4, warm_up=1, rate=1e-3, twins=1.1)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """So small a job is slower on more threads, and far slower on cores that others use."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def write_tar(path: Path, first: int, count: int) -> None:
    with tarfile.open(path, "w") as archive:
        for number in range(first, first + count):
            size = (176, 120) if number % 2 else (99, 176)
            buffer = io.BytesIO()
            scene(number, size).save(buffer, "WEBP", quality=80)
            member = tarfile.TarInfo(f"made/{number:06d}.webp")
            member.size = buffer.tell()
            buffer.seek(0)
            archive.addfile(member, buffer)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pack")
    write_tar(place / "photos-00.tar", 12, 12)
    write_tar(place / "photos-01.tar", 0, 12)
    return place


@pytest.fixture(scope="module")
def pack(folder, tmp_path_factory):
    return open_pack(folder, tmp_path_factory.mktemp("cache"))


def test_pack_is_read_in_the_order_of_names(pack):
    assert pack.names == tuple(f"made/{number:06d}.webp" for number in range(PICTURES))
    assert pack.squares.shape == (PICTURES, EDGE, EDGE, 3)
    assert pack.aspects[1] == pytest.approx(176 / 120)
    assert pack.aspects[2] == pytest.approx(99 / 176)
    expected = np.asarray(scene(5, (176, 120)).resize((EDGE, EDGE)), np.float32)
    assert np.abs(pack.squares[5] - expected).mean() < 12


def test_pack_is_decoded_once(pack, folder, tmp_path, monkeypatch):
    open_pack(folder, tmp_path)
    monkeypatch.setattr(tarfile, "open", None)
    np.testing.assert_array_equal(open_pack(folder, tmp_path).squares, pack.squares)


def test_held_out_photos_are_never_trained_on(pack):
    trained, held = pack.split(6, 1)
    assert len(held) == 6
    assert sorted([*trained, *held]) == list(range(PICTURES))
    np.testing.assert_array_equal(pack.split(6, 1)[1], held)


@pytest.mark.parametrize("end", ["inside a member", "between members", "not a tar", "no picture"])
def test_a_spoilt_pack_is_refused(tmp_path, capsys, end):
    data = tmp_path / "data"
    data.mkdir()
    tar = data / "photos-00.tar"
    write_tar(tar, 0, 3)
    with tarfile.open(tar) as archive:
        last = archive.getmembers()[-1]
    whole = tar.read_bytes()
    if end == "inside a member":
        tar.write_bytes(whole[: last.offset_data + 100])
    elif end == "between members":
        tar.write_bytes(whole[: last.offset])
    elif end == "not a tar":
        tar.write_bytes(b"PK\x03\x04" + bytes(3000))
    else:
        tar.write_bytes(whole[: last.offset_data] + bytes(len(whole) - last.offset_data))
    out = tmp_path / "out.safetensors"
    assert main(["--data", str(data), "--work", str(tmp_path / "w"), "--out", str(out)]) == 6
    said = capsys.readouterr().err
    assert str(tar) in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_a_missing_or_empty_folder_is_named(tmp_path, capsys):
    common = ["--work", str(tmp_path / "w"), "--out", str(tmp_path / "out")]
    assert main(["--data", str(tmp_path / "gone"), *common]) == 3
    assert str(tmp_path / "gone") in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["--data", str(tmp_path / "empty"), *common]) == 6
    assert "no tar file" in capsys.readouterr().err


def test_start_weights_of_another_network_are_refused(folder, tmp_path, capsys):
    other = tmp_path / "other.safetensors"
    save_file({"fc.weight": torch.zeros(3, 3)}, other)
    common = ["--data", str(folder), "--work", str(tmp_path / "w"), "--out", str(tmp_path / "out")]
    assert main([*common, "--start", str(other)]) == 6
    assert str(other) in capsys.readouterr().err
    other.write_bytes(b"no weights at all")
    assert main([*common, "--start", str(other)]) == 6
    assert main([*common, "--start", str(tmp_path / "gone")]) == 3


def test_edits_keep_shape_and_range_and_follow_the_seed(pack):
    def made(seed):
        chance = np.random.default_rng(seed)
        return edited(pack.squares, pack.aspects, 64, CPU, chance)

    first = made(3)
    assert first.shape == (PICTURES, 3, 64, 64)
    assert first.dtype == torch.float32
    assert 0 <= float(first.min()) < 0.05
    assert 0.95 < float(first.max()) <= 1
    assert torch.isfinite(first).all()
    assert torch.equal(first, made(3))
    assert not torch.equal(first, made(4))


def test_plain_squares_are_the_photo(pack):
    found = plain(pack.squares[:2], EDGE, CPU)
    expected = torch.from_numpy(np.array(pack.squares[:2])).permute(0, 3, 1, 2) / 255
    torch.testing.assert_close(found, expected)


def run(pack, recipe, **options):
    losses = []
    network = train(
        pack, recipe, options.pop("start", None), CPU,
        report=lambda step, figures: losses.append(figures["loss"]), **options,
    )  # fmt: skip
    return network.state_dict(), losses


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_five_steps_lower_the_loss_and_repeat_bit_for_bit(pack):
    def loss(network):
        views = edited(pack.squares[rows], pack.aspects[rows], 64, CPU, np.random.default_rng(9))
        bank = describe_rows(network, pack.squares, rows, 64, CPU)
        with torch.no_grad():
            queries = network.eval()(normalise(views))
        own = torch.arange(len(rows))
        return float(
            contrast(queries, bank, own, torch.zeros(len(own), len(own), dtype=torch.bool), 0.05)
        )

    recipe = replace(SMALL, batch=16, edge=64)
    rows, _ = pack.split(recipe.held_out, recipe.seed)
    start = resource("album.safetensors")
    trained, one, other = (
        train(pack, replace(recipe, seed=seed), read_start(start), CPU) for seed in (1, 1, 2)
    )
    assert loss(trained) < loss(read_start(start))
    assert equal(trained.state_dict(), one.state_dict())
    assert not equal(trained.state_dict(), other.state_dict())


def test_a_stopped_training_ends_in_the_same_weights(pack, tmp_path):
    class Stopped(Exception):
        pass

    def stop(step, figures):
        if step == 3:
            raise Stopped

    whole, _ = run(pack, SMALL)
    place = tmp_path / "checkpoint.pt"
    with pytest.raises(Stopped):
        train(pack, SMALL, None, CPU, checkpoint=place, every_s=0, report=stop)
    assert place.is_file()
    resumed, losses = run(pack, SMALL, checkpoint=place)
    assert 0 < len(losses) < SMALL.steps
    assert equal(whole, resumed)


def test_a_training_may_end_before_its_last_step(pack, tmp_path):
    place = tmp_path / "checkpoint.pt"
    early, losses = run(pack, SMALL, stop=2)
    assert len(losses) == 2
    run(pack, SMALL, stop=1, checkpoint=place)
    resumed, _ = run(pack, SMALL, stop=2, checkpoint=place)
    assert equal(early, resumed)


def test_a_checkpoint_of_another_recipe_is_refused(pack, tmp_path):
    place = tmp_path / "checkpoint.pt"
    run(pack, replace(SMALL, steps=1), checkpoint=place)
    with pytest.raises(AlbumError) as caught:
        run(pack, SMALL, checkpoint=place)
    assert caught.value.code is ErrorCode.NOT_RESUMABLE
    place.write_bytes(b"cut")
    with pytest.raises(AlbumError) as caught:
        run(pack, SMALL, checkpoint=place)
    assert caught.value.facts["path"] == str(place)


def test_delivered_weights_survive_reading_and_writing(tmp_path):
    path = tmp_path / "album.safetensors"
    sha256 = write_weights(read_start(resource("album.safetensors")), path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    made = TorchExtractor(replace(SPECS["album"], sha256=sha256), device="cpu", weights=path)
    given = TorchExtractor(SPECS["album"], device="cpu")
    picture = [np.asarray(scene(1, (128, 128)))]
    np.testing.assert_array_equal(made.extract(picture), given.extract(picture))


def test_blended_weights_lie_between():
    start, other = (read_start(resource("album.safetensors")) for _ in range(2))
    with torch.no_grad():
        other.p += 1
    half = blended(start, other, 0.25)
    assert half.p.item() == pytest.approx(start.p.item() + 0.25)
    assert equal(blended(start, other, 0.0).state_dict(), start.state_dict())
    assert equal(blended(start, other, 1.0).state_dict(), other.state_dict())


def test_the_command_writes_weights_that_the_extractor_takes(folder, tmp_path, capsys):
    out = tmp_path / "new" / "album.safetensors"
    asked = ["--data", str(folder), "--work", str(tmp_path / "w"), "--out", str(out)]
    asked += ["--start", str(resource("album.safetensors")), "--steps", "2", "--batch", "8"]
    assert main([*asked, "--held-out", "4", "--device", "cpu"]) == 0
    sha256 = capsys.readouterr().out.split()[-1]
    spec = replace(SPECS["album"], sha256=sha256)
    found = TorchExtractor(spec, device="cpu", weights=out).extract([np.zeros((128, 128, 3), "u1")])
    assert np.linalg.norm(found[0]) == pytest.approx(1, abs=1e-5)
    assert out.stat().st_size < 12_000_000
