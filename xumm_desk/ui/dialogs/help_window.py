"""The help window: a folder of Markdown pages, in the order of the contents page `index.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDesktopServices,
    QFontMetrics,
    QKeySequence,
    QShortcut,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QWidget,
)

from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space, Theme

_PATH_ROLE = Qt.ItemDataRole.UserRole
_SIZE: Final = QSize(1000, 680)
"""Wide enough for the pictures, which have 620 pixels, beside the list."""

_CONTENTS: Final = "index.md"
_GROUP: Final = re.compile(r"## (.+)")
_ENTRY: Final = re.compile(r"\* \[([^\]]+)\]\(([^)#]+)\)")


class HelpWindow(QWidget):
    """Help pages: the list on the left, in groups, the page on the right."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Help"))
        self.resize(_SIZE)
        self._folder = folder
        self.pages = QListWidget()
        self.pages.setAccessibleName(_("Help pages"))
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = QTextBrowser()
        self.page.setAccessibleName(_("Help page"))
        self.page.setOpenLinks(False)
        self.page.setSearchPaths([str(folder)])  # pictures are beside the pages
        self.page.anchorClicked.connect(self._open_link)
        self.page.document().setDocumentMargin(Space.L)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.pages)
        split.addWidget(self.page)
        split.setStretchFactor(1, 1)
        split.setSizes([270, 720])
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        row.addWidget(split)
        QShortcut(QKeySequence("Esc"), self, self.close)
        self._groups: list[QListWidgetItem] = []
        for title, path in contents(folder):
            if path is None:
                self._add_group(title)
            else:
                item = QListWidgetItem(title, self.pages)
                item.setData(_PATH_ROLE, path.name)
        self._colour_groups()
        Theme.current().changed.connect(self._colour_groups)
        self.pages.currentItemChanged.connect(self._show_page)
        if self.pages.count():
            self.pages.setCurrentRow(0)
        else:
            self.page.setPlainText(_("No help pages were installed with this program."))

    def open_page(self, name: str, anchor: str = "") -> bool:
        """Turn to the page of this file name, and to the heading that the anchor names; False when
        there is no such page."""
        for row in range(self.pages.count()):
            if self.pages.item(row).data(_PATH_ROLE) == name:
                self.pages.setCurrentRow(row)
                self._scroll_to(anchor)
                return True
        return False

    def _add_group(self, title: str) -> None:
        """A line that cannot be chosen, above the pages of the group."""
        item = QListWidgetItem(title, self.pages)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setTextAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        line = QFontMetrics(font).height()
        item.setSizeHint(QSize(0, line + Space.M))
        self._groups.append(item)

    def _colour_groups(self) -> None:
        """Readable, although they cannot be chosen: what is switched off is paler."""
        ink = QBrush(QColor(Theme.current().colours.muted))
        for item in self._groups:
            item.setForeground(ink)

    def _scroll_to(self, anchor: str) -> None:
        block = self.page.document().begin()
        while anchor and block.isValid():
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                self.page.setTextCursor(QTextCursor(block))
                layout = self.page.document().documentLayout()
                top = layout.blockBoundingRect(block).top()
                self.page.verticalScrollBar().setValue(int(top) - Space.S)
                return
            block = block.next()

    def _show_page(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        try:
            text = (self._folder / str(item.data(_PATH_ROLE))).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            text = _("This page cannot be read.")
        self.page.setMarkdown(text)

    def _open_link(self, link: QUrl) -> None:
        """Pages open here, addresses of the web in the browser, nothing else opens."""
        if link.isRelative():
            name = Path(link.path()).name or str(self.pages.currentItem().data(_PATH_ROLE))
            self.open_page(name, link.fragment())
        elif link.scheme() == "https":
            QDesktopServices.openUrl(link)


def contents(folder: Path) -> Iterator[tuple[str, Path | None]]:
    """Titles of groups, which have no page, and the pages below them, as the contents page has
    them; at last the pages that it leaves out, by their headings."""
    left = {path.name: path for path in sorted(folder.glob("*.md"))}
    first = left.pop(_CONTENTS, None)
    if first is not None:
        yield _heading(first), first
        try:
            lines = first.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        for line in lines:
            if (group := _GROUP.fullmatch(line)) is not None:
                yield group[1], None
            elif (entry := _ENTRY.fullmatch(line)) is not None and entry[2] in left:
                yield entry[1], left.pop(entry[2])
    for path in left.values():
        yield _heading(path), path


def anchor_of(heading: str) -> str:
    """The name by which a link leads to a heading: small letters, hyphens for blanks, and nothing
    else but letters and digits. The site of the guide makes the same ones."""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def _heading(path: Path) -> str:
    """The first heading of a page, else its file name."""
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("# "):
                    return line[2:].strip()
    except (OSError, UnicodeDecodeError):
        pass
    return path.stem.replace("-", " ").capitalize()
