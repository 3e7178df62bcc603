"""A file that a person names → the tensors of a network that is known; nothing in it is run."""

from __future__ import annotations

import os
import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.formats import HEAD_BYTES, sniff
from albumdedup.core.i18n import _, listed
from albumdedup.ml.vision import NETWORKS, Network, dispensable, needed

MAX_BYTES = 2_000_000_000
"""More than any network here; what is larger is not looked into."""
_WRAPPINGS = ("state_dict", "model")
"""Names under which training programs put the tensors of a network."""
_PARALLEL = "module."
"""What training on several cards puts before each name."""


def recognised(path: Path) -> tuple[str, dict[str, Tensor]]:
    """The network whose weights a file holds, and the tensors that it needs, in the file's types.

    Reads safetensors, and torch's files with ``weights_only``. Raises AlbumError: NOT_THERE,
    NO_RIGHTS, NOT_WEIGHTS, WEIGHTS_DAMAGED, WEIGHTS_WITH_CODE, WEIGHTS_FOREIGN.
    """
    tensors = _unwrapped(_read(path))
    name = _network(path, tensors)
    wanted = needed(NETWORKS[name])
    chosen = {key: tensors[key].detach().contiguous().clone() for key in wanted}
    for key, tensor in chosen.items():
        if not tensor.is_floating_point() or not bool(torch.isfinite(tensor).all()):
            raise _error(
                ErrorCode.WEIGHTS_DAMAGED, path, _("{name} is not numbers").format(name=key)
            )
    return name, chosen


def write(tensors: Mapping[str, Tensor], path: Path) -> None:
    """As safetensors. Raises OSError."""
    try:
        save_file(dict(tensors), path)
    except SafetensorError as error:
        raise OSError(str(error)) from error


def _read(path: Path) -> object:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError as error:
        raise _error(ErrorCode.NOT_THERE, path) from error
    except IsADirectoryError as error:
        raise _error(ErrorCode.NOT_WEIGHTS, path, _("it is a folder")) from error
    except PermissionError as error:
        raise _error(ErrorCode.NO_RIGHTS, path) from error
    except OSError as error:
        raise _error(ErrorCode.WEIGHTS_DAMAGED, path, error.strerror or str(error)) from error
    if not size:
        raise _error(ErrorCode.NOT_WEIGHTS, path, _("it is empty"))
    if size > MAX_BYTES:
        raise _error(ErrorCode.NOT_WEIGHTS, path, _("it is larger than any weights known here"))
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _torch_zip(path)
    if head[0] == 0x80:  # the first byte of every pickle since 2003
        return _torch(path, mapped=False)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= size:
        return _safetensors(path)
    form = sniff(head)
    if form is not None:
        detail = _("it is a picture, {format}").format(format=form.name)
        raise _error(ErrorCode.NOT_WEIGHTS, path, detail)
    if head[8:9] == b"{":
        raise _error(ErrorCode.WEIGHTS_DAMAGED, path, _("it ends too early"))
    raise _error(ErrorCode.NOT_WEIGHTS, path, _("it is no file of torch and no safetensors"))


def _safetensors(path: Path) -> object:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise _error(ErrorCode.WEIGHTS_DAMAGED, path, str(error)) from error


def _torch_zip(path: Path) -> object:
    """torch's usual file: a pickle and numbers in a ZIP that is not compressed."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _error(ErrorCode.WEIGHTS_DAMAGED, path, _("it ends too early")) from error
    if any(name.endswith("/constants.pkl") for name in names):
        raise _error(ErrorCode.WEIGHTS_WITH_CODE, path, "TorchScript")
    if not any(name.endswith("/data.pkl") for name in names) or unpacked > MAX_BYTES:
        raise _error(ErrorCode.NOT_WEIGHTS, path, _("it is a ZIP of something else"))
    return _torch(path, mapped=True)


def _torch(path: Path, *, mapped: bool) -> object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the file's age, which is nobody's concern
            return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        culprit = re.search(r"(?:GLOBAL|[Gg]lobal:?) ([\w.]+\.\w+)", str(error))
        if culprit or "nsupported" in str(error):
            detail = culprit.group(1) if culprit else "pickle"
            raise _error(ErrorCode.WEIGHTS_WITH_CODE, path, detail) from error
        raise _error(ErrorCode.WEIGHTS_DAMAGED, path, _("it cannot be read")) from error
    except MemoryError:
        raise
    except Exception as error:
        # Whatever the reader raises for hostile or broken bytes (RuntimeError, EOFError,
        # struct.error, its own types) is a fact about this one file.
        raise _error(ErrorCode.WEIGHTS_DAMAGED, path, _("it cannot be read")) from error


def _unwrapped(found: object) -> dict[str, Tensor]:
    """The tensors by name, without what training programs put around them."""
    for name in _WRAPPINGS:
        if isinstance(found, dict) and isinstance(found.get(name), dict):
            found = found[name]
            break
    if not isinstance(found, dict):
        return {}
    tensors = {
        name: value
        for name, value in found.items()
        if isinstance(name, str) and isinstance(value, Tensor)
    }
    if tensors and all(name.startswith(_PARALLEL) for name in tensors):
        return {name.removeprefix(_PARALLEL): value for name, value in tensors.items()}
    return tensors


def _network(path: Path, tensors: Mapping[str, Tensor]) -> str:
    """The name of the one network whose tensors these are. Raises AlbumError(WEIGHTS_FOREIGN)."""
    if not tensors:
        raise _error(ErrorCode.WEIGHTS_FOREIGN, path, _("it holds no tensors with names"))
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    faults = {name: _faults(network, shapes) for name, network in NETWORKS.items()}
    nearest = min(faults, key=lambda name: len(faults[name]))
    if not faults[nearest]:
        return nearest
    detail = _("nearest is {name}, but for {n} of its tensors, among them {some}").format(
        name=nearest, n=len(faults[nearest]), some=listed(faults[nearest][:2])
    )
    raise _error(ErrorCode.WEIGHTS_FOREIGN, path, detail)


def _faults(network: Network, shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    """Tensors that are missing, of another shape, or too many."""
    wanted = needed(network)
    wrong = [name for name, shape in wanted.items() if shapes.get(name) != shape]
    extra = [name for name in shapes if name not in wanted and not dispensable(network, name)]
    return [*wrong, *extra]


def _error(code: ErrorCode, path: Path, detail: str = "") -> AlbumError:
    return AlbumError(code, path=str(path), detail=detail)
