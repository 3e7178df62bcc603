"""Which language the program speaks: English, or one that has a catalogue."""

from __future__ import annotations

import gettext
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from albumdedup.core import catalogue
from albumdedup.core.paths import resource

log = logging.getLogger(__name__)

ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES = (ENGLISH, CHINESE)

_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
Voice = tuple[str, gettext.NullTranslations]
"""One of LANGUAGES with its texts."""

_spoken: Voice = (ENGLISH, gettext.NullTranslations())
_answered: ContextVar[Voice | None] = ContextVar("_answered", default=None)
"""What is spoken to the one who asks just now, where several may ask at once."""


def spoken() -> gettext.NullTranslations:
    """The texts of the moment."""
    return (_answered.get() or _spoken)[1]


def language() -> str:
    """The language of the moment, one of LANGUAGES."""
    return (_answered.get() or _spoken)[0]


def language_tag() -> str:
    """The language of the moment as a web page names it."""
    return language().replace("_", "-")


def speak(name: str) -> None:
    """Say everything from now on in one of LANGUAGES; texts said before stay as they are.

    Without its catalogue, English is spoken: the program must not fail to start for that.
    """
    global _spoken
    _spoken = voice(name)


@contextmanager
def speaking(wanted: Voice) -> Iterator[None]:
    """Say everything inside so, in this context alone."""
    before = _answered.set(wanted)
    try:
        yield
    finally:
        _answered.reset(before)


def voice(name: str) -> Voice:
    """One of LANGUAGES, read anew; English without its catalogue."""
    if name == ENGLISH:
        return (ENGLISH, gettext.NullTranslations())
    try:
        po = catalogue_file(name).read_text(encoding="utf-8")
    except OSError as error:
        log.warning("no catalogue of %s: %s", name, error)
        return (ENGLISH, gettext.NullTranslations())
    return (name, catalogue.translations(catalogue.parse(po)))


def catalogue_file(name: str) -> Path:
    return resource(f"locale/{name}/LC_MESSAGES/albumdedup.po")


def of_environment(environment: Mapping[str, str]) -> str:
    """What LC_ALL, LC_MESSAGES or LANG ask for; LANGUAGE, a list, goes before where one is set."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "C")
    if locale.split(".")[0] in ("C", "POSIX"):
        return ENGLISH
    return first_known([*environment.get("LANGUAGE", "").split(":"), locale])


def first_known(wanted: Iterable[str]) -> str:
    """The first of the wanted languages that is known, in any spelling: zh_CN.UTF-8, zh-Hans."""
    for name in wanted:
        parts = name.split(".")[0].split("@")[0].replace("-", "_").lower().split("_")
        if parts[0] == "en":
            return ENGLISH
        if parts[0] == "zh" and not _TRADITIONAL.intersection(parts[1:]):
            return CHINESE
    return ENGLISH
