"""The help window: a folder of Markdown pages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QWidget,
)

from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space

_PATH_ROLE = Qt.ItemDataRole.UserRole


class HelpWindow(QWidget):
    """Help pages: the list on the left, the page on the right. Names are the pages' headings."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Help"))
        self.resize(860, 620)
        self._folder = folder
        self.pages = QListWidget()
        self.pages.setAccessibleName(_("Help pages"))
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
        split.setSizes([220, 640])
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        row.addWidget(split)
        QShortcut(QKeySequence("Esc"), self, self.close)
        for path in sorted(folder.glob("*.md")):
            item = QListWidgetItem(_heading(path), self.pages)
            item.setData(_PATH_ROLE, path.name)
        self.pages.currentItemChanged.connect(self._show_page)
        if self.pages.count():
            self.pages.setCurrentRow(0)
        else:
            self.page.setPlainText(_("No help pages were installed with this program."))

    def open_page(self, name: str) -> bool:
        """Turn to the page of this file name; False when there is none."""
        for row in range(self.pages.count()):
            if self.pages.item(row).data(_PATH_ROLE) == name:
                self.pages.setCurrentRow(row)
                return True
        return False

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
            self.open_page(Path(link.path()).name)
        elif link.scheme() == "https":
            QDesktopServices.openUrl(link)


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
