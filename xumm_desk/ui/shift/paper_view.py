"""Show the printed lines of a shift on the screen, as text that can be selected and read aloud."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtWidgets import QTextBrowser

from xumm_desk.core.shift.paper import PaperLine, PaperStyle
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style.palette import Colours, Tone
from xumm_desk.ui.style.theme import Space, Theme

_BOLD: Final = frozenset(
    {PaperStyle.NAME, PaperStyle.TITLE, PaperStyle.HEADING, PaperStyle.SUBTOTAL, PaperStyle.TOTAL}
)
_SIZES: Final = {
    PaperStyle.NAME: "x-large",
    PaperStyle.TITLE: "large",
    PaperStyle.TOTAL: "x-large",
    PaperStyle.TRAINING: "large",
    PaperStyle.SMALL: "small",
}
_CENTRED: Final = frozenset(
    {PaperStyle.NAME, PaperStyle.TRAINING, PaperStyle.SMALL, PaperStyle.SIGNATURE}
)


class PaperView(QTextBrowser):
    """Shows the lines of one shift in the colours of the scheme."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[PaperLine, ...] = ()
        self.setOpenLinks(False)
        self.setAccessibleName(_("The shift as it is printed"))
        self.document().setDocumentMargin(Space.L)
        Theme.current().changed.connect(self._show)
        language_change.changed.connect(self._show)

    def show_lines(self, lines: Sequence[PaperLine]) -> None:
        """Show these lines; where the same kind of paper is shown, it stays where it was scrolled
        to."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        self._show()

    def _show(self) -> None:
        place = self.verticalScrollBar().value()
        self.setHtml(paper_html(self._lines, Theme.current().colours))
        self.verticalScrollBar().setValue(place)


def paper_html(lines: Iterable[PaperLine], colours: Colours) -> str:
    """The lines as a table; every text is escaped, since people type some of them."""
    rows = "".join(_row(line, colours) for line in lines)
    return f'<table width="100%" cellspacing="0" cellpadding="2">{rows}</table>'


def _row(line: PaperLine, colours: Colours) -> str:
    style = line.style
    text, value = html.escape(tr(line.text)), html.escape(tr(line.value))
    if style is PaperStyle.RULE:
        return '<tr><td colspan="2"><hr></td></tr>'
    words = [f"font-size: {_SIZES[style]}"] if style in _SIZES else []
    if style in _BOLD:
        words.append("font-weight: 600")
    if style is PaperStyle.WARNING or style is PaperStyle.TRAINING:
        words += [f"color: {colours.tones[Tone.ATTENTION]}", "font-weight: 600"]
    if style in (PaperStyle.TEXT, PaperStyle.SMALL, PaperStyle.SIGNATURE):
        words.append(f"color: {colours.muted}")
    css = "; ".join(words)
    if value or style in (PaperStyle.PAIR, PaperStyle.TITLE):
        return (
            f'<tr><td style="{css}">{text}</td>'
            f'<td align="right" style="{css}">{value.replace(" ", "&nbsp;")}</td></tr>'
        )
    align = ' align="center"' if style in _CENTRED else ""
    return f'<tr><td colspan="2"{align} style="{css}">{text}</td></tr>'
