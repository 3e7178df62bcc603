"""The embedding that finds the duplicates in a new version of the program: other weights, and all
photos are described anew. Until that is whole, the groups stay as they were; what is proven stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from albumdedup.core.control import Control, Reporter
from albumdedup.core.ports import Catalog
from albumdedup.core.switching import Switch
from albumdedup.core.types import ContentId


def renew(
    catalog: Catalog,
    switch: Switch,
    control: Control,
    reporter: Reporter,
    changed: Callable[[], None],
) -> None:
    """Describe all photos that are there on the drawer of the new version, compare them, and let it
    find the duplicates. Raises AlbumError, Cancelled; what was done until then stays."""
    spent = dict.fromkeys(("inference", "stores", "compare"), 0.0)
    switch.describe_missing(control, reporter, spent)
    switch.compare(switch.space, switch.drawer, control, reporter, spent)
    catalog.promote(switch.space)
    changed()


def describe_late(
    catalog: Catalog,
    switch: Switch,
    late: Sequence[ContentId],
    control: Control,
    reporter: Reporter,
) -> None:
    """Describe those whose drive was away then, straight into the catalog; the scan that follows
    compares them. Raises AlbumError, Cancelled."""
    try:
        switch.describe_missing(control, reporter, dict.fromkeys(("inference", "stores"), 0.0))
    finally:
        still = set(catalog.vectorless_contents())
        catalog.compare_again([content for content in late if content not in still])
