"""A field for a currency: every ISO code with its name, found by typing part of either."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter

from xumm_desk.core.message import Message
from xumm_desk.core.money import fiat
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.widgets.labelled_field import LabelledField

from .page import Choice


class CurrencyField(LabelledField):
    """A currency by its ISO code. `before` are other choices, data and words, that come first."""

    def __init__(
        self, name: str, label: str, *, before: Sequence[tuple[str, str]] = (), now: str = ""
    ) -> None:
        self._box = Choice()
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        super().__init__(name, label, self._box)
        names = formats.currency_names()
        if fiat.is_currency(now) and now not in names and now not in dict(before):
            names = {now: now} | names  # one that this computer does not know a name for
        for data, words in before:
            self._box.addItem(tr(words), data)
        for code, words in names.items():
            self._box.addItem(tr(_("{code}, {name}", code=code, name=words)), code)
        completer = QCompleter(self._box.model(), self._box)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._box.setCompleter(completer)
        self._box.editTextChanged.connect(self._changed)
        line = self._box.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._settle)
            line.setAccessibleName(tr(label))
        self.set_text(now)

    def text(self) -> str:
        """The chosen code, or the data of another choice; "?" for what is neither."""
        shown = self._box.currentText().strip()
        place = self._box.findText(shown, Qt.MatchFlag.MatchFixedString)
        if place >= 0:
            return str(self._box.itemData(place) or "")
        code = shown[:3].upper()
        if shown.upper() == code and self._box.findData(code) >= 0:
            return code
        return "?" if shown else ""

    def set_text(self, text: str) -> None:
        """Choose a code; nothing where it is none of the choices."""
        place = self._box.findData(text)
        self._box.setCurrentIndex(place)
        if place < 0:
            self._box.setEditText(tr(text))

    def check(self) -> str:
        """Show and return what is wrong, "" for nothing."""
        code = self.text()
        known = self._box.findData(code) >= 0
        self.set_problem(
            ""
            if known
            else Message("Choose a currency from the list: type part of its code or name.")
        )
        return self.problem()

    def _settle(self) -> None:
        """Write out the code that was typed."""
        code = self.text()
        if code != "?" and (place := self._box.findData(code)) >= 0:
            self._box.setCurrentIndex(place)
            self._box.setEditText(self._box.itemText(place))
