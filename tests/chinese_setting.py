"""How Chinese is set here, in the program and its documents: what may not stand there, and why."""

from __future__ import annotations

HAN, SIGNS = "\u4e00-\u9fff", "\uff0c\u3002\uff1b\uff1a\uff1f\uff01\u3001\uff08\uff09"

FAULTS = (
    (f"[{HAN}][,;:!?]|[,;!?][{HAN}]", "punctuation of Latin script beside Chinese"),
    (f"[{SIGNS}] | [{SIGNS}]", "a space beside Chinese punctuation"),
    (f"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]", "no space between Chinese and Latin script"),
    (f"[{HAN}] [{HAN}]", "a space between Chinese characters"),
    (rf"[{HAN}]\.(?!\w)", "a Latin full stop after Chinese"),
    ("  (?![(])", "two spaces"),
    ("您|删除(?!那个|这个|任何)|聚类|阈值", "not a word of this program"),
)
"""Regular expressions of what is wrong in one line or text, each with its reason."""
