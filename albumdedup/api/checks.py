"""What a script hands over, looked at before anything begins. All raise AlbumError."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from albumdedup.core.decoder.given import squash_image
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, describe_problem
from albumdedup.core.keeper import RULES, chain_of
from albumdedup.core.library import Library
from albumdedup.core.matching import FLOOR
from albumdedup.core.types import Pixels, Problem, Tier

if TYPE_CHECKING:
    from PIL import Image


def path_of(given: str | os.PathLike[str] | Any, name: str) -> str:
    """An absolute path; ``~`` is the home."""
    if not isinstance(given, str | os.PathLike) or not isinstance(os.fspath(given), str):
        raise _refused(name, _("a path is needed, not {given}").format(given=_shown(given)))
    return os.path.abspath(os.path.expanduser(given))


def folders_of(given: str | os.PathLike[str] | Iterable[Any]) -> list[str]:
    """One folder or several."""
    if isinstance(given, str | os.PathLike):
        return [path_of(given, "folders")]
    try:
        return [path_of(one, "folders") for one in given]
    except TypeError as error:
        why = _("a path or a list of paths is needed, not {given}").format(given=_shown(given))
        raise _refused("folders", why) from error


def similarity_of(given: object, name: str) -> float:
    """Pairs below FLOOR are not stored, so that a lower one would promise too much."""
    if isinstance(given, int | float) and not isinstance(given, bool) and FLOOR <= given <= 1:
        return float(given)
    why = _("a similarity between {lowest} and 1 is needed, not {given}").format(
        lowest=f"{FLOOR:.2f}", given=_shown(given)
    )
    raise _refused(name, why)


def number_of(given: object, name: str) -> int:
    if isinstance(given, int | np.integer) and not isinstance(given, bool) and given >= 1:
        return int(given)
    why = _("a whole number from 1 on is needed, not {given}").format(given=_shown(given))
    raise _refused(name, why)


def tiers_of(given: Iterable[Tier | str]) -> frozenset[Tier]:
    """Tiers or their names; a single name is one tier."""
    try:
        return frozenset(Tier(one) for one in ([given] if isinstance(given, str) else given))
    except (ValueError, TypeError) as error:
        known = ", ".join(tier.value for tier in Tier)
        why = _("there is no tier in {text}; tiers are {known}").format(
            text=_shown(given), known=known
        )
        raise _refused("tiers", why) from error


def rule_of(given: str) -> str:
    """A keep rule, or a chain of them with commas."""
    try:
        return ",".join(chain_of(given))
    except (KeyError, AttributeError) as error:
        why = _("there is no rule {name}; rules are {known}").format(
            name=_shown(given), known=", ".join(RULES)
        )
        raise _refused("keep", why) from error


def picture_of(given: bytes | Image.Image | NDArray[np.uint8] | Any, library: Library) -> Pixels:
    """The square that is described: uint8[edge, edge, 3]."""
    from PIL import Image

    edge = library.input_edge
    if isinstance(given, bytes):
        found = library.door.squash_bytes(given, edge)
    elif isinstance(given, Image.Image):
        found = squash_image(given, edge)
    else:
        found = squash_image(Image.fromarray(_checked(given)), edge)
    if isinstance(found, Problem):
        detail = describe_problem(found)
        raise AlbumError(ErrorCode.NOT_A_PHOTO, path=_("The picture"), detail=detail)
    return found


def _checked(given: object) -> NDArray[np.uint8]:
    if isinstance(given, np.ndarray) and given.dtype == np.uint8 and given.size:
        colours = given.shape[2:]  # none of a grey picture
        if given.ndim in (2, 3) and colours in ((), (3,), (4,)):
            return np.ascontiguousarray(given)
    why = _(
        "a path, the bytes of a file, a PIL image, or an array uint8[height, width, 3] is needed, "
        "not {given}"
    )
    raise _refused("image", why.format(given=_shown(given)))


def _shown(given: object) -> str:
    if isinstance(given, np.ndarray):
        return f"{given.dtype}{list(given.shape)}"
    return repr(given)[:80]


def _refused(name: str, why: str) -> AlbumError:
    return AlbumError(ErrorCode.VALUE_REFUSED, name=name, detail=why)
