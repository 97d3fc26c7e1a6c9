"""From the form to a created request: duplicate guard, check, tag, create, outage code."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal

from xumm_desk.core.message import Sentences, error_text
from xumm_desk.core.request import destination_tags, outage_code
from xumm_desk.core.request.request_spec import RequestSpec, make_identifier
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.duplicate_guard import DuplicateSale
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask_about_duplicate, find_duplicate

from .request_form import RequestForm


class CreateRequestFlow(QObject):
    """Creates what the form submits. `shown` carries the identifier of a request to be selected,
    `duplicate_found` that of an earlier one which may be the same sale, `cancel_asked` that of one
    to be cancelled first."""

    shown = Signal(str)
    duplicate_found = Signal(str)
    cancel_asked = Signal(str)
    _checked = Signal(object)
    _created = Signal(object)
    _failed = Signal(str)

    def __init__(
        self, desk: Desk, *, start: StartTask, preferences: SettingsStore, network: str
    ) -> None:
        super().__init__()
        self._desk, self._start, self._preferences = desk, start, preferences
        saved = preferences.value
        self.form = RequestForm(
            ask_identifier=self._identifier,
            network=network,
            destination=saved.destination,
            expire=saved.expire,
            currency=saved.currency,
            issuer=saved.issuer,
        )
        self.update_tag_placeholder()
        self._creating = ""
        self._unsent_spec: RequestSpec | None = None
        self.form.submitted.connect(self._submit)
        self.form.outage_asked.connect(self._use_outage)
        self._checked.connect(self._after_check)
        self._created.connect(self._after_create)
        self._failed.connect(self._after_failure)

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """Rows changed: a request that is being settled in the background lets the next sale
        begin."""
        if not self._creating and self._unsent_spec is None:
            return
        for row in rows:
            if row.identifier == self._creating and row.request.unsure:
                # Settling may take long: the next sale can begin, the row shows the outcome.
                self._creating = ""
                self.form.set_busy(False)
                self.form.clear_for_next()
                self._offer_outage(row.request.spec, wording.CREATE_ANSWER_LOST)
            elif row.request.uuid is not None and self._unsent_spec is row.request.spec:
                self._unsent_spec = None
                self.form.show_refusal("")  # the answer was found: no other way is needed

    def update_tag_placeholder(self) -> None:
        """Show in the form whether an empty tag is filled from the shop's range."""
        saved = self._preferences.value
        given = isinstance(
            destination_tags.parse_tag_range(saved.tag_from, saved.tag_to),
            destination_tags.TagRange,
        )
        self.form.set_tag_placeholder(_("Given by itself") if given else "")

    # Before creating.

    def _identifier(self) -> str:
        return make_identifier(self._desk.clock.now(), secrets.token_hex(6))

    def _submit(self, spec: RequestSpec) -> None:
        duplicate = find_duplicate(self._desk, spec)
        if duplicate is not None:
            self._ask(spec, duplicate)
        else:
            self._start_create(spec)

    def _ask(self, spec: RequestSpec, duplicate: DuplicateSale) -> None:
        """The duplicate guard: an earlier request for this may still be paid."""

        def wait() -> None:
            self.form.set_busy(False)
            self.duplicate_found.emit(duplicate.identifier)

        def stop() -> None:
            wait()
            self.cancel_asked.emit(duplicate.identifier)

        ask_about_duplicate(
            self.form.window(),
            duplicate,
            Choice(_("Wait for it"), wait, Role.RejectRole, default=True, escape=True),
            Choice(_("Cancel the earlier one"), stop, Role.DestructiveRole),
            Choice(_("Create another one"), lambda: self._start_create(spec)),
        )

    # Creating.

    def _start_create(self, spec: RequestSpec) -> None:
        self._creating = spec.identifier
        self.shown.emit(spec.identifier)
        self._start(self._create(spec), f"create {spec.identifier}")

    async def _create(self, spec: RequestSpec) -> None:
        try:
            problems = await self._desk.check(spec)
            if problems:
                self._say(self._checked, problems)
                return
            made = await self._with_tag(spec)
            if isinstance(made, str):
                self._say(self._failed, made)
                return
            self._say(self._created, await self._desk.create(made))
        except Exception as error:
            self._say(self._failed, error_text(error))
            if not self._desk.health().journal_error:
                raise  # a bug of ours; errors of the journal have a banner of their own

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

    def _after_check(self, problems: Any) -> None:
        self._creating = ""
        self.form.set_busy(False)
        self.form.show_problems(problems)

    def _after_failure(self, words: str) -> None:
        self._creating = ""
        self.form.set_busy(False)
        self.form.show_refusal(words)

    def _after_create(self, row: RequestRow) -> None:
        mine = self._creating == row.identifier
        if mine:
            self._creating = ""
        if row.request.create_failure is not None and row.request.uuid is None:
            if mine:
                self.form.set_busy(False)
                self.form.show_refusal(row.request.create_failure.reason)
                if row.request.create_failure.platform_down:
                    self._offer_outage(row.request.spec, row.request.create_failure.reason)
            return
        if outage_code.is_outage_code(row.request.spec):
            self._unsent_spec = None
        self._save_defaults()
        if mine:
            self.form.set_busy(False)
            self.form.clear_for_next()

    def _save_defaults(self) -> None:
        typed = self.form.draft()
        self._preferences.change(
            destination=typed.destination,
            currency=typed.currency,
            issuer=typed.issuer,
            expire=typed.expire,
        )

    # The platform is down.

    def _offer_outage(self, spec: RequestSpec, why: str) -> None:
        """Show what is wrong, and offer an outage code or say why there is none."""
        if not spec.is_payment:
            return
        refused = outage_code.why_unavailable(spec, ledger=self._desk.health().ledger_set_up)
        self.form.show_refusal(Sentences([why, refused]))
        self._unsent_spec = spec
        if not refused:
            self.form.offer_outage()

    def _use_outage(self) -> None:
        if self._unsent_spec is None:
            return
        made = outage_code.outage_spec(
            self._unsent_spec, identifier=self._identifier(), entropy=secrets.token_hex(32)
        )
        self.form.set_busy(True)
        self._submit(made)
