"""The order of rules that a user arranges in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from albumdedup.core.keeper import RULES, chain_of
from albumdedup.core.settings import CHAIN
from albumdedup.core.types import View
from albumdedup.gui.filter_panel import FilterPanel
from albumdedup.gui.keep_rules import CHAINED, RULE_ORDER, KeepRules, rule_name


def test_every_rule_can_be_chosen_and_has_a_name():
    assert set(CHAINED) == set(RULES)
    assert set(RULE_ORDER) <= set(RULES)
    assert all(rule_name(rule) != rule for rule in (*CHAINED, CHAIN, "tie_break"))


def test_one_rule_hides_the_order(qtbot):
    keep = KeepRules("best")
    qtbot.addWidget(keep)
    assert keep.rule == "best"
    assert keep.order.isHidden()
    told = []
    keep.changed.connect(lambda: told.append(keep.rule))
    keep.choice.setCurrentIndex(keep.choice.findData(CHAIN))
    assert not keep.order.isHidden()
    assert told == ["preferred,oldest"]


def test_an_order_is_ticked_and_moved_by_keys(qtbot):
    keep = KeepRules("best,oldest")
    qtbot.addWidget(keep)
    assert keep.rule == "best,oldest"
    told = []
    keep.changed.connect(lambda: told.append(keep.rule))
    keep.order.setCurrentRow(0)
    qtbot.keyClick(keep.order, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert told == ["oldest,best"]
    qtbot.keyClick(keep.order, Qt.Key.Key_Up)  # without Alt it only walks
    qtbot.keyClick(keep.order, Qt.Key.Key_Space)
    assert told[-1] == "best"
    for row in range(keep.order.count()):
        keep.order.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert keep.rule == "oldest"  # none ticked: the default
    keep.order.setCurrentRow(0)
    keep.order.move_current(-1)  # there is no place above the first


@pytest.mark.parametrize("rule", ["preferred,best,oldest", "newest"])
def test_the_panel_gives_the_rule_it_was_given(qtbot, rule: str):
    panel = FilterPanel(View(rule=rule))
    qtbot.addWidget(panel)
    assert panel.view().rule == rule
    assert chain_of(panel.view().rule)


def test_what_each_step_decided_is_told(qtbot):
    keep = KeepRules("preferred,oldest")
    qtbot.addWidget(keep)
    keep.show_decided({"preferred": 12, "tie_break": 1})
    assert keep.decided.text() == "Decided in 13 groups: Preferred folder 12 · Tie-breaks 1"
    assert not keep.decided.isHidden()
    keep.show_decided({})
    assert keep.decided.isHidden()
