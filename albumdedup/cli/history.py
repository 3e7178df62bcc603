"""``albumdedup history [OPERATION] [--receipt FILE] [--check N]``"""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter

from albumdedup.cli.console import printable, say, stopping
from albumdedup.cli.exits import Exit
from albumdedup.cli.receipts import give_receipt, refuse_taken
from albumdedup.cli.session import open_session
from albumdedup.core.control import Control
from albumdedup.core.errors import AlbumError, ErrorCode
from albumdedup.core.i18n import _, listed
from albumdedup.core.types import ItemState, Operation


def run(arguments: Namespace) -> Exit:
    if arguments.operation is None and (arguments.receipt or arguments.check is not None):
        say(_("Name the operation: albumdedup history OPERATION --receipt FILE"))
        return Exit.USAGE
    refuse_taken(arguments.receipt)
    with open_session(arguments) as session:
        if arguments.operation is not None and not arguments.json:
            control = Control()
            with stopping(control):
                return give_receipt(
                    session.library, arguments.operation, arguments.receipt,
                    arguments.check or 0, control,
                )  # fmt: skip
        operations = session.library.history()
    if arguments.operation is not None:
        operations = [one for one in operations if one.id == arguments.operation]
        if not operations:
            raise AlbumError(ErrorCode.UNKNOWN_OPERATION, name=str(arguments.operation))
    if arguments.json:
        print(json.dumps([_document(operation) for operation in operations], indent=1))
        return Exit.DONE
    if not operations:
        print(_("No clean-up has been made yet."))
    for operation in operations:
        photos = {entry.item.part_of or entry.item.victim.path: entry for entry in operation.items}
        counts = Counter(entry.state for entry in photos.values())
        states = listed(f"{state_word(state)} {count}" for state, count in sorted(counts.items()))
        place = operation.target or _("the trash")
        print(
            printable(f"{operation.id}  {operation.started:%Y-%m-%d %H:%M:%S}  {place}  {states}")
        )
    return Exit.DONE


def state_word(state: ItemState) -> str:
    return {
        ItemState.PLANNED: _("planned"),
        ItemState.MOVING: _("moving"),
        ItemState.MOVED: _("moved"),
        ItemState.SKIPPED: _("skipped"),
        ItemState.FAILED: _("failed"),
        ItemState.RESTORING: _("restoring"),
        ItemState.RESTORED: _("restored"),
        ItemState.RESTORED_BESIDE: _("restored beside"),
        ItemState.GONE: _("gone"),
    }[state]


def _document(operation: Operation) -> dict[str, object]:
    return {
        "operation": operation.id,
        "started": operation.started.isoformat(),
        "target": operation.target,
        "finished": operation.finished,
        "items": [
            {
                "path": entry.item.victim.path,
                "keeper": entry.item.survivor.path,
                "group": entry.item.group_id,
                "content": entry.item.victim.content,
                "state": entry.state.value,
                "place": entry.place,
                "restored_to": entry.restored_to,
                "problem": entry.problem,
                "part_of": entry.item.part_of,
            }
            for entry in operation.items
        ],
    }
