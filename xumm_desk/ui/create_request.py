"""From a checked spec to a created request: duplicate guard, number, tag, create, outage code."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Sentences, error_text
from xumm_desk.core.request import destination_tags, outage_code
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec, make_identifier
from xumm_desk.core.sale import numbering
from xumm_desk.core.sale.sale import Sale, sale_of
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.duplicate_guard import DuplicateSale
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.languages import to_customers
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask_about_duplicate, find_duplicate


class RequestSource(Protocol):
    """Where a person types what is to be created: the request form, or the till."""

    def set_busy(self, busy: bool) -> None:
        """Take no other request while one is being created."""
        ...

    def show_problems(self, problems: Sequence[FieldError]) -> None:
        """Show what is wrong with what was typed."""
        ...

    def show_refusal(self, sentence: str) -> None:
        """Show why nothing was created; "" removes it."""
        ...

    def offer_outage(self) -> None:
        """Offer an outage code beside the refusal."""
        ...

    def clear_for_next(self) -> None:
        """Begin anew: the request is created."""
        ...

    def window(self) -> QWidget:
        """The window over which questions are asked."""
        ...


class CreateRequestFlow(QObject):
    """Creates the specs of one source. `shown` carries the identifier of a request to be selected,
    `duplicate_found` that of an earlier one which may be the same sale, `cancel_asked` that of one
    to be cancelled first, `created` the row of a request that the platform has."""

    shown = Signal(str)
    duplicate_found = Signal(str)
    cancel_asked = Signal(str)
    created = Signal(object)
    _numbered = Signal(object)
    _checked = Signal(object)
    _answered = Signal(object)
    _failed = Signal(str)

    def __init__(
        self,
        desk: Desk,
        source: RequestSource,
        *,
        start: StartTask,
        preferences: SettingsStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._start, self._preferences = desk, start, preferences
        self._source = source
        self._shop = ""
        self._creating = ""
        self._unsent_spec: RequestSpec | None = None
        self._numbered.connect(self._after_number)
        self._checked.connect(self._after_check)
        self._answered.connect(self._after_create)
        self._failed.connect(self._after_failure)

    def set_shop(self, name: str) -> None:
        """The shop's name, which the customer reads in the wallet."""
        self._shop = name

    def submit(self, spec: RequestSpec, sale: Sale | None = None) -> None:
        """Create this request, after a question where an earlier one may be the same. With a
        `sale` it gets the next sale number, and its identifier from that."""
        duplicate = find_duplicate(self._desk, spec)
        if duplicate is not None:
            self._ask(spec, sale, duplicate)
        else:
            self._start_create(spec, sale)

    def use_outage(self) -> None:
        """Create an outage code for what the platform did not take."""
        if self._unsent_spec is None:
            return
        unsent = self._unsent_spec
        sale = sale_of(unsent)
        entropy = secrets.token_hex(32)
        now = self._desk.clock.now()
        identifier = (
            numbering.make_identifier(sale, now, secrets.token_hex(6))
            if sale is not None
            else make_identifier(now, secrets.token_hex(6))
        )
        self._source.set_busy(True)
        self.submit(outage_code.outage_spec(unsent, identifier=identifier, entropy=entropy))

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """Rows changed: a request that is being settled in the background lets the next sale
        begin."""
        if not self._creating and self._unsent_spec is None:
            return
        for row in rows:
            if row.identifier == self._creating and row.request.unsure:
                # Settling may take long: the next sale can begin, the row shows the outcome.
                self._creating = ""
                self._source.set_busy(False)
                self._source.clear_for_next()
                self._offer_outage(row.request.spec, wording.CREATE_ANSWER_LOST)
            elif row.request.uuid is not None and self._unsent_spec is row.request.spec:
                self._unsent_spec = None
                self._source.show_refusal("")  # the answer was found: no other way is needed

    # Before creating.

    def _ask(self, spec: RequestSpec, sale: Sale | None, duplicate: DuplicateSale) -> None:
        """The duplicate guard: an earlier request for this may still be paid."""

        def wait() -> None:
            self._source.set_busy(False)
            self.duplicate_found.emit(duplicate.identifier)

        def stop() -> None:
            wait()
            self.cancel_asked.emit(duplicate.identifier)

        ask_about_duplicate(
            self._source.window(),
            duplicate,
            Choice(_("Wait for it"), wait, Role.RejectRole, default=True, escape=True),
            Choice(_("Cancel the earlier one"), stop, Role.DestructiveRole),
            Choice(_("Create another one"), lambda: self._start_create(spec, sale)),
        )

    # Creating.

    def _start_create(self, spec: RequestSpec, sale: Sale | None) -> None:
        self._creating = spec.identifier
        if sale is None:
            self.shown.emit(spec.identifier)
        self._start(self._create(spec, sale), f"create {spec.identifier}")

    async def _create(self, spec: RequestSpec, sale: Sale | None) -> None:
        try:
            problems = await self._desk.check(spec)
            if problems:
                self._say(self._checked, problems)
                return
            made = await self._with_tag(spec)
            if isinstance(made, str):
                self._say(self._failed, made)
                return
            if sale is not None:
                # Last of all, so that what is refused before leaves no gap in the numbers.
                made = await self._with_number(made, sale)
                self._say(self._numbered, made)
            self._say(self._answered, await self._desk.create(made))
        except Exception as error:
            self._say(self._failed, error_text(error))
            if not isinstance(error, JournalError):
                raise  # a bug of ours

    async def _with_number(self, spec: RequestSpec, sale: Sale) -> RequestSpec:
        """Give the sale its number, and the request the identifier made of it."""
        number = await self._desk.allocate_sale_number(sale.till, sale.series)
        numbered = replace(sale, number=number)
        identifier = numbering.make_identifier(
            numbered, self._desk.clock.now(), secrets.token_hex(6)
        )
        return numbering.with_sale(spec, numbered, identifier, self._shop, to_customers(tr))

    async def _with_tag(self, spec: RequestSpec) -> RequestSpec | str:
        """Give a payment without a tag one of the shop's, where the shop has a range of them."""
        saved = self._preferences.value
        within = destination_tags.parse_tag_range(saved.tag_from, saved.tag_to)
        if within is None or not destination_tags.needs_tag(spec):
            return spec
        if isinstance(within, str):
            return within
        tag = await self._desk.allocate_tag(within)
        return tag if isinstance(tag, str) else destination_tags.with_tag(spec, tag)

    def _say(self, signal: Any, *values: object) -> None:
        """Change the form from a coroutine, unless it is gone by now."""
        if shiboken6.isValid(self):
            signal.emit(*values)

    # After creating.

    def _after_number(self, spec: RequestSpec) -> None:
        self._creating = spec.identifier
        self.shown.emit(spec.identifier)

    def _after_check(self, problems: Any) -> None:
        self._creating = ""
        self._source.set_busy(False)
        self._source.show_problems(problems)

    def _after_failure(self, words: str) -> None:
        self._creating = ""
        self._source.set_busy(False)
        self._source.show_refusal(words)

    def _after_create(self, row: RequestRow) -> None:
        mine = self._creating == row.identifier
        if mine:
            self._creating = ""
        if row.request.create_failure is not None and row.request.uuid is None:
            if mine:
                self._source.set_busy(False)
                self._source.show_refusal(row.request.create_failure.reason)
                if row.request.create_failure.platform_down:
                    self._offer_outage(row.request.spec, row.request.create_failure.reason)
            return
        if outage_code.is_outage_code(row.request.spec):
            self._unsent_spec = None
        self.created.emit(row)
        if mine:
            self._source.set_busy(False)
            self._source.clear_for_next()

    # The platform is down.

    def _offer_outage(self, spec: RequestSpec, why: str) -> None:
        """Show what is wrong, and offer an outage code or say why there is none."""
        if not spec.is_payment:
            return
        refused = outage_code.why_unavailable(spec, ledger=self._desk.health().ledger_set_up)
        self._source.show_refusal(Sentences([why, refused]))
        self._unsent_spec = spec
        if not refused:
            self._source.offer_outage()
