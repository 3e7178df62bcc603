"""What each setting is called, what it does, and what it may be: in words."""

from __future__ import annotations

from dataclasses import dataclass

from albumdedup.core.checks import (
    Address,
    Between,
    Check,
    Device,
    FamilyName,
    Folder,
    Label,
    OneOf,
    SomeOf,
)
from albumdedup.core.i18n import _, tier_name
from albumdedup.core.types import Tier

REMEMBERED = frozenset(
    {
        "keep_chain", "similarity", "batch", "commit_seconds", "recent", "vector_certificate",
        "vector_index", "vector_metric", "vector_nlist", "vector_nprobe", "vector_m",
        "vector_ef_construction", "vector_ef_search", "join", "pca", "pca_whiten",
    }
)  # fmt: skip
"""Settings without a row of their own: the slider and the list of folders remember themselves,
``keep_chain`` belongs to the row of ``keep_rule``, the others are for the settings file."""


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    help: str


def sections() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The parts of the sheet with the names of their settings, from top to bottom."""
    return (
        (_("LOOKS"), ("language", "theme")),
        (_("REVIEW"), ("tiers", "keep_rule")),
        (_("CLEAN UP"), ("removed_to",)),
        (_("SCANNING"), ("extractor", "device", "decode_threads", "torch_threads")),
        (
            _("STORAGE"),
            ("thumbs_megabytes", "vector_uri", "vector_token", "vector_family", "library_label"),
        ),
    )


def words_of(name: str) -> Words:
    return {
        "language": Words(_("Language"), _("The language of the window.")),
        "theme": Words(_("Appearance"), _("Light, dark, or like the rest of your computer.")),
        "tiers": Words(
            _("Show"), _("Which kinds of copies are listed. What is hidden is counted, not lost.")
        ),
        "keep_rule": Words(
            _("Which copy stays"), _("You can choose otherwise for each group by hand.")
        ),
        "removed_to": Words(
            _("Where copies go"),
            _("Empty: to your computer’s trash. Or into a folder outside your photos."),
        ),
        "extractor": Words(
            _("How photos are described"),
            _(
                "Tells which shots are similar; copies stay the same. "
                "The next start describes them anew."
            ),
        ),
        "device": Words(
            _("Computes on"),
            _("auto takes a graphics card where there is one; or write cpu, cuda, cuda:1, mps."),
        ),
        "decode_threads": Words(
            _("Threads that read photos"), _("0 lets the program choose what suits this computer.")
        ),
        "torch_threads": Words(
            _("Threads that describe photos"),
            _("0 lets the program choose. More of these leave fewer for reading."),
        ),
        "thumbs_megabytes": Words(
            _("Space for small pictures, in MB"),
            _("The oldest of them make room; they are made again when needed."),
        ),
        "vector_uri": Words(
            _("Address of a Milvus server"),
            _("Empty: on this computer. What is known goes there at the next scan by itself."),
        ),
        "vector_token": Words(_("Token of that server"), _("Empty where it asks for none.")),
        "vector_family": Words(
            _("Family on that server"),
            _("Computers with the same word here find each other’s photos. Empty: none."),
        ),
        "library_label": Words(
            _("What the family calls this computer"), _("Empty: the computer’s own name.")
        ),
    }[name]


def option_name(name: str, option: str) -> str:
    """What one of a setting's options is called."""
    named = {
        ("language", "system"): _("Like the system"),
        ("language", "en"): "English",
        ("language", "zh_CN"): "简体中文",
        ("theme", "system"): _("Like the system"),
        ("theme", "light"): _("Light"),
        ("theme", "dark"): _("Dark"),
    }
    if name == "tiers":
        return tier_name(Tier(option))
    return named.get((name, option), option)


def refusal(check: Check) -> str:
    """What may be written, where something else was."""
    if isinstance(check, Between):
        return _("Write a whole number from {least} to {most}.").format(
            least=f"{check.least:,.0f}", most=f"{check.most:,.0f}"
        )
    if isinstance(check, Device):
        return _("Write auto, cpu, mps, cuda, or cuda: and a number.")
    if isinstance(check, Address):
        return _("Write an address such as http://192.168.1.5:19530, or leave it empty.")
    if isinstance(check, FamilyName):
        return _("Write up to 24 small letters (a to z) and digits, or leave it empty.")
    if isinstance(check, Label):
        return _("Write up to {n} signs in one line, or leave it empty.").format(n=check.most)
    if isinstance(check, Folder):
        return _("Write the whole path of a folder, or leave it empty for the trash.")
    if isinstance(check, SomeOf):
        return _("At least one of them must stay.")
    if isinstance(check, OneOf):
        return _("Choose one of: {options}.").format(options=", ".join(check.options))
    return _("This cannot be.")
