"""A chart that is a table: each row has a bar, and screen readers find its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from albumdedup.core.i18n import _, human_bytes, ngettext
from albumdedup.core.statistics import Share
from albumdedup.gui.row_table import CellDelegate
from albumdedup.gui.theme import LIGHT, TARGET, Tokens

Index = QModelIndex | QPersistentModelIndex
Namer = Callable[[str], str]
"""From the name of a share to what is shown of it."""

NAME_SHARE = 0.42
"""The names take at most this part of the width; the bars take what the others leave."""
AT_MOST = 500
"""So many rows are shown; one more counts the rest."""


class Column(IntEnum):
    NAME = 0
    BAR = 1
    PHOTOS = 2
    SPACE = 3
    COPIES = 4


class ShareModel(QAbstractTableModel):
    """One row per year, camera or folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[Share, ...] = ()
        self._name: Namer = str
        self._title = ""

    def show(self, shares: Sequence[Share], title: str, name: Namer) -> None:
        """``title`` heads the first column."""
        self.beginResetModel()
        self._shares = _with_rest(shares)
        self._title, self._name = title, name
        self.endResetModel()

    def share(self, row: int) -> Share:
        return self._shares[row]

    @property
    def most(self) -> int:
        """The photos of the largest row."""
        return max((share.photos for share in self._shares), default=0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shares)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (self._title, "", _("Photos"), _("Space"), _("Copies"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        share = self._shares[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self._name(share.name),
                "",
                f"{share.photos:,}",
                human_bytes(share.bytes),
                f"{share.copies:,}",
            )[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{share.name or self._name('')}\n{spoken(share)}"
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == Column.BAR:
            return spoken(share)
        return None


def spoken(share: Share) -> str:
    """A bar in words."""
    return ngettext(
        "{n} photo, {size}; {copies} of them could go and free {freed}.",
        "{n} photos, {size}; {copies} of them could go and free {freed}.",
        share.photos,
    ).format(
        n=f"{share.photos:,}",
        size=human_bytes(share.bytes),
        copies=f"{share.copies:,}",
        freed=human_bytes(share.copy_bytes),
    )


def _with_rest(shares: Sequence[Share]) -> tuple[Share, ...]:
    if len(shares) <= AT_MOST:
        return tuple(shares)
    rest = shares[AT_MOST:]
    words = _("… and {n} more").format(n=f"{len(rest):,}")
    return (
        *shares[:AT_MOST],
        Share(
            words,
            sum(one.photos for one in rest),
            sum(one.bytes for one in rest),
            sum(one.copies for one in rest),
            sum(one.copy_bytes for one in rest),
        ),
    )


def _side(column: int) -> int:
    right = column >= Column.PHOTOS
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class BarDelegate(QStyledItemDelegate):
    """What stays in its colour, the copies that could go beside it in theirs."""

    def __init__(self, model: ShareModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = LIGHT
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        share, most = self._model.share(index.row()), self._model.most
        if not share.photos or not most:
            return
        room = QRectF(option.rect).adjusted(2, 0, -8, 0)
        whole = max(2.0, room.width() * share.photos / most)
        going = whole * share.copies / share.photos
        backwards = option.direction == Qt.LayoutDirection.RightToLeft
        start = room.right() - whole if backwards else room.left()
        bar = QRectF(start, room.center().y() - 4, whole, 8)
        copies = QRectF(bar)
        if backwards:
            copies.setRight(bar.left() + going)
        else:
            copies.setLeft(bar.right() - going)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.tokens.stays))
        painter.drawRoundedRect(bar, 2, 2)
        if going:
            painter.setBrush(QColor(self.tokens.goes))
            painter.drawRoundedRect(copies, 2, 2)
        painter.restore()


class ShareTable(QTableView):
    """The table with its bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shares = ShareModel(self)
        self._bars = BarDelegate(self.shares, self)
        self.setModel(self.shares)
        self.setItemDelegate(CellDelegate(self))
        self.setItemDelegateForColumn(Column.BAR, self._bars)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(TARGET)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(40)
        for column in Column:
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(Column.BAR, QHeaderView.ResizeMode.Stretch)

    def show_shares(self, shares: Sequence[Share], title: str, name: Namer) -> None:
        """``title`` says what a row is, for eyes and ears."""
        self.shares.show(shares, title, name)
        self._fit_names()
        self.setAccessibleName(_("Photos, space and copies: {title}").format(title=title))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_names()

    def _fit_names(self) -> None:
        most = round(self.viewport().width() * NAME_SHARE)
        wanted = max(self.sizeHintForColumn(Column.NAME), 90) + 12
        self.horizontalHeader().resizeSection(Column.NAME, min(wanted, most))

    def set_tokens(self, tokens: Tokens) -> None:
        self._bars.tokens = tokens
        self.viewport().update()
