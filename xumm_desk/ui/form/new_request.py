"""The request form together with the creation of what it submits."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QObject

from xumm_desk.core.request import destination_tags
from xumm_desk.core.request.request_spec import RequestSpec, make_identifier
from xumm_desk.core.sale import numbering
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.create_request import CreateRequestFlow

from .request_form import RequestForm


class NewRequest(QObject):
    """Owns the form and its flow, and remembers what was typed last as the next defaults."""

    def __init__(
        self, desk: Desk, *, start: StartTask, preferences: SettingsStore, network: str
    ) -> None:
        super().__init__()
        self._desk, self._preferences = desk, preferences
        saved = preferences.value
        self._identifier = ""
        self.form = RequestForm(
            ask_identifier=self._make_identifier,
            network=network,
            destination=saved.destination,
            expire=saved.expire,
            currency=saved.currency,
            issuer=saved.issuer,
        )
        self.flow = CreateRequestFlow(
            desk, self.form, start=start, preferences=preferences, parent=self
        )
        self.update_tag_placeholder()
        self.form.submitted.connect(self._submit)
        self.form.outage_asked.connect(self.flow.use_outage)
        self.flow.created.connect(self._save_defaults)

    def update_tag_placeholder(self) -> None:
        """Show in the form whether an empty tag is filled from the shop's range."""
        saved = self._preferences.value
        given = isinstance(
            destination_tags.parse_tag_range(saved.tag_from, saved.tag_to),
            destination_tags.TagRange,
        )
        self.form.set_tag_placeholder(_("Given by itself") if given else "")

    def _make_identifier(self) -> str:
        self._identifier = make_identifier(self._desk.clock.now(), secrets.token_hex(6))
        return self._identifier

    def _submit(self, spec: RequestSpec) -> None:
        # An identifier that a person typed is the name of the request; else it gets a number.
        typed = spec.identifier != self._identifier
        self.flow.submit(spec, None if typed else new_sale(self._desk, self._preferences))

    def _save_defaults(self, _row: RequestRow) -> None:
        typed, saved = self.form.draft(), self._preferences.value
        self._preferences.change(
            # The till's sales go to the shop's own address: a request to another must not move it.
            destination=saved.destination or typed.destination,
            currency=typed.currency,
            issuer=typed.issuer,
        )


def new_sale(desk: Desk, preferences: SettingsStore) -> Sale:
    """A sale of this till that has no number yet."""
    saved = preferences.value
    today = desk.clock.now().astimezone().date()
    return Sale(
        number=0,
        series=numbering.series_of(saved.numbering, today),
        till=saved.till,
        cashier=saved.cashier,
    )
