"""``albumdedup doctor FILE``: one file, step by step."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence

from albumdedup.cli.console import printable
from albumdedup.cli.exits import Exit
from albumdedup.cli.report import chosen_rule
from albumdedup.cli.session import open_session
from albumdedup.core.examination import Step
from albumdedup.core.types import View


def run(arguments: Namespace) -> Exit:
    with open_session(arguments) as session:
        settings = session.settings
        view = View(similarity=settings.similarity, rule=chosen_rule(settings))
        steps = session.library.examine(arguments.file, view)
    if arguments.json:
        print(as_json(steps))
        return Exit.DONE
    for step in steps:
        print(printable(step.title))
        for line in step.lines:
            print("    " + printable(line))
    return Exit.DONE


def as_json(steps: Sequence[Step]) -> str:
    """``schema``, ``path``, and by the name of each step its facts and its ``words``."""
    document: dict[str, object] = {"schema": 1, "path": steps[0].facts["path"]}
    document["steps"] = {step.name: {**step.facts, "words": list(step.lines)} for step in steps}
    return json.dumps(document, indent=1)
