"""Create a request exactly once: journal the intent, POST, settle a lost answer (P§2.3)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.request import outage_code
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import FactKind, Source, make_fact, unreadable_fact
from xumm_desk.core.state.lifecycle import Request, new_request
from xumm_desk.core.wire import api_answers
from xumm_desk.core.wire.api_answers import ApiAnswer, Failure, FailureKind
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.tasks import ClosingError

from .cancellation import Cancellation

_PERMANENT: Final = frozenset(
    {
        FailureKind.KEYS_REJECTED,
        FailureKind.APP_DISABLED,
        FailureKind.REFUSED,
        FailureKind.NOT_FOUND,
    }
)
_UNREACHABLE_TRIES: Final = 3
_UNSENT: Final = frozenset({FailureKind.UNREACHABLE, FailureKind.RATE_LIMITED})
_TOO_LATE: Final = Message("The program ended before it was sent, and its time is over by now.")
_UNREADABLE: Final = Message("its answer could not be read")


def _max_tries(failure: Failure, most: int) -> int:
    """How often a call is made before the platform counts as down."""
    return min(most, _UNREACHABLE_TRIES) if failure.kind is FailureKind.UNREACHABLE else most


class Creation:
    """The steps from a request spec to a payload on the platform."""

    def __init__(self, engine: Engine, cancellation: Cancellation) -> None:
        self._engine = engine
        self._cancellation = cancellation
        # Why the platform has certainly not taken a request that is still being sent.
        self._refused_locally: dict[str, str] = {}

    def refused_locally(self, identifier: str) -> str:
        """Why the platform has certainly not taken this request so far: it was never reached, or
        refused the call. "" if that is unknown."""
        return self._refused_locally.get(identifier, "")

    async def create(self, spec: RequestSpec, urgency: Priority = Priority.PERSON) -> None:
        """Write the intent, then POST with this priority; ends when the platform answered for good,
        or leaves a task behind that goes on asking."""
        engine = self._engine
        now = engine.clock.now()
        intent = make_fact(now, Source.OPERATOR, FactKind.INTENT, spec.to_json())
        engine.add_request(spec, new_request(spec, now), intent)
        if outage_code.is_outage_code(spec):
            self._show_outage(spec)
            return
        try:
            await engine.journal.durable()
        except Exception as error:
            # The disk did not take the intent, so nothing was sent; nor may it be later.
            why: JsonObject = {"why": Sentences([error_text(error), Message("Nothing was sent.")])}
            now = engine.clock.now()
            engine.record(spec.identifier, make_fact(now, Source.DESK, FactKind.NOT_CREATED, why))
            raise
        await self._post(spec, urgency)

    async def resume(self, request: Request) -> None:
        """Clear up an intent whose answer this program never saw: it ended in between."""
        spec = request.spec
        if outage_code.is_outage_code(spec):
            self._show_outage(spec)
            return
        age = self._engine.clock.now() - (request.resent_at or request.created_at)
        stale = age > timedelta(minutes=spec.expire_minutes)
        await self._find_or_create(spec, post_again=not stale, keep_trying=True)

    async def resume_later(self, request: Request) -> None:
        """Clear up the intent of another process. That process is most likely sending it now, and
        a second POST would race with it: wait until it must have given up."""
        await asyncio.sleep(self._engine.timing.create_give_up)
        now = self._engine.request(request.identifier)
        if now.uuid is None and now.create_failure is None:
            await self.resume(now)

    async def resend(self, request: Request) -> str:
        """Send again what a platform that was down never took; ends as `create` does. It is looked
        for first: if it exists after all, nothing is sent. "" or why not."""
        if request.uuid is not None or request.create_failure is None or request.closed:
            return Message("Only a request that was not created can be sent again.")
        if not request.create_failure.platform_down:
            return Message("The platform refused this request; sending it again changes nothing.")
        engine, spec = self._engine, request.spec
        again = make_fact(
            engine.clock.now(),
            Source.OPERATOR,
            FactKind.RESENT,
            {"attempt": request.resend_count + 1},
        )
        engine.record(spec.identifier, again)
        await engine.journal.durable()
        await self._find_or_create(spec, post_again=True, keep_trying=False)
        return ""

    def _show_outage(self, spec: RequestSpec) -> None:
        """Show the request as an outage code, which the platform never gets. Recorded again after a
        start, since a crash may have come between the intent and this."""
        engine, value = self._engine, {"link": outage_code.outage_link(spec)}
        shown = make_fact(engine.clock.now(), Source.OPERATOR, FactKind.OUTAGE_CODE, dict(value))
        engine.record(spec.identifier, shown)

    async def _post(self, spec: RequestSpec, urgency: Priority) -> None:
        try:
            await self._post_until_taken(spec, urgency)
        except ClosingError:
            raise
        except Exception as error:  # noqa: BLE001 - whether it was sent decides the platform
            self._engine.tasks.failed(f"create {spec.identifier}", error)
            await self._find_or_create(spec, post_again=True, keep_trying=True)
        finally:
            self._refused_locally.pop(spec.identifier, None)

    async def _post_until_taken(self, spec: RequestSpec, urgency: Priority) -> None:
        engine, tries = self._engine, 0
        while True:
            answer = await engine.calls.call(urgency, lambda: engine.platform.create(spec))
            engine.note_platform_answer(answer)
            if isinstance(answer, ApiAnswer):
                if self._created(spec, answer):
                    return
                await self._create_unsure(spec, _UNREADABLE)
                return
            if answer.kind in _PERMANENT:
                self._not_created(spec, answer.message, answer.code)
                return
            if answer.kind is FailureKind.IDENTIFIER_TAKEN:
                self._not_created(
                    spec,
                    Message(
                        "The platform already has another request with this identifier. Use a"
                        " new one."
                    ),
                    answer.code,
                )
                return
            if answer.may_have_arrived:
                self._refused_locally.pop(spec.identifier, None)
                await self._create_unsure(spec, answer.message)
                return
            # Nothing was sent, or it was turned away unread: trying again is safe.
            tries += 1
            self._refused_locally[spec.identifier] = answer.message
            if tries >= _max_tries(answer, len(engine.timing.create_retries)):
                self._not_created(spec, answer.message, answer.code, down=True)
                return
            await asyncio.sleep(
                max(answer.retry_after or 0.0, engine.timing.create_retries[tries - 1])
            )
            if engine.request(spec.identifier).closed:
                return

    async def _create_unsure(self, spec: RequestSpec, why: str) -> None:
        self._record_unsure(spec, why)
        await self._find_or_create(spec, post_again=True, keep_trying=True)

    async def _find_or_create(
        self, spec: RequestSpec, *, post_again: bool, keep_trying: bool
    ) -> None:
        """Ask by identifier whether the request exists; only if it does not, POST the same
        identifier again.

        If `keep_trying` is false, nothing may have been sent so far, and a platform that stays down
        ends it; else it goes on until the platform has answered, however long it is down, or a
        person gives up. A bug of ours starts it anew.
        """
        delays, failures = self._engine.timing.create_retries, 0
        while True:
            try:
                await self._find_or_post(spec, post_again=post_again, keep_trying=keep_trying)
                return
            except ClosingError:
                raise
            except Exception as error:  # noqa: BLE001 - told, and asked again
                self._engine.tasks.failed(f"create {spec.identifier}", error)
            keep_trying = True
            await asyncio.sleep(delays[min(failures, len(delays) - 1)])
            failures += 1

    async def _find_or_post(
        self, spec: RequestSpec, *, post_again: bool, keep_trying: bool
    ) -> None:
        engine, tries, delays = self._engine, 0, self._engine.timing.create_retries
        while not engine.request(spec.identifier).closed:
            # After the first minute no customer waits any more: leave calls to those who do.
            urgency = Priority.PERSON if tries < len(delays) else Priority.POLL
            failure: Failure | None = None
            found = await engine.calls.call(
                urgency, lambda: engine.platform.get_by_identifier(spec.identifier)
            )
            engine.note_platform_answer(found)
            if isinstance(found, ApiAnswer):
                if self._adopt_existing(spec, found):
                    return
            elif found.kind is FailureKind.NOT_FOUND and tries >= 1:
                if not post_again:
                    self._not_created(spec, _TOO_LATE, None)
                    return
                if engine.request(spec.identifier).closed:
                    return
                answer = await engine.calls.call(urgency, lambda: engine.platform.create(spec))
                engine.note_platform_answer(answer)
                if isinstance(answer, ApiAnswer):
                    if self._created(spec, answer):
                        return
                    self._record_unsure(spec, _UNREADABLE)
                    keep_trying = True
                elif answer.kind in _PERMANENT:
                    self._not_created(spec, answer.message, answer.code)
                    return
                elif answer.kind in _UNSENT:
                    failure = answer
                else:
                    # "Taken" proves that an earlier POST arrived: the next look-up finds it.
                    self._record_unsure(spec, answer.message)
                    keep_trying = True
            elif found.kind in (FailureKind.KEYS_REJECTED, FailureKind.APP_DISABLED):
                self._keys_rejected(spec, found)
                return
            elif found.kind is not FailureKind.NOT_FOUND:
                failure = found
            if (
                failure is not None
                and not keep_trying
                and tries + 1 >= _max_tries(failure, len(delays))
            ):
                self._not_created(spec, failure.message, failure.code, down=True)
                return
            wait = delays[min(tries, len(delays) - 1)]
            tries += 1
            await asyncio.sleep(max(wait, (failure.retry_after or 0.0) if failure else 0.0))

    def _record_unsure(self, spec: RequestSpec, why: str) -> None:
        engine = self._engine
        engine.record(
            spec.identifier,
            make_fact(engine.clock.now(), Source.DESK, FactKind.CREATE_UNSURE, {"why": why}),
        )

    def _created(self, spec: RequestSpec, answer: ApiAnswer) -> bool:
        engine = self._engine
        fact = make_fact(engine.clock.now(), Source.PLATFORM, FactKind.CREATED, answer.value)
        if not isinstance(fact.value, api_answers.CreateAnswer):
            engine.record(
                spec.identifier,
                unreadable_fact(engine.clock.now(), Source.PLATFORM, "create answer", fact.text),
            )
            return False
        engine.record(spec.identifier, fact)
        self._withdraw_if_closed(spec)
        return True

    def _withdraw_if_closed(self, spec: RequestSpec) -> None:
        if self._engine.request(spec.identifier).closed:
            cancel = self._cancellation.cancel(spec.identifier)
            self._engine.tasks.start(cancel, f"withdraw {spec.identifier}")

    def _adopt_existing(self, spec: RequestSpec, found: ApiAnswer) -> bool:
        """Take over a request found by its identifier; the answer holds no links, so they are
        the documented ones (P§8)."""
        engine = self._engine
        answer = api_answers.parse_snapshot(found.value)
        if isinstance(answer, str) or answer.uuid is None or not api_answers.is_uuid(answer.uuid):
            engine.record(
                spec.identifier,
                unreadable_fact(
                    engine.clock.now(), Source.PLATFORM, "answer to the look-up", str(answer)
                ),
            )
            return False
        link = engine.platform.payload_url(answer.uuid)
        created = make_fact(
            engine.clock.now(),
            Source.PLATFORM,
            FactKind.CREATED,
            {"uuid": answer.uuid, "next": {"always": link}},
        )
        engine.record(spec.identifier, created)
        engine.record(
            spec.identifier,
            make_fact(engine.clock.now(), Source.PLATFORM, FactKind.ANSWER, found.value),
        )
        self._withdraw_if_closed(spec)
        return True

    def _keys_rejected(self, spec: RequestSpec, found: Failure) -> None:
        """Without valid keys nothing can be found out: the matter stays open for a start with
        better ones."""
        engine = self._engine
        engine.record(
            spec.identifier, unreadable_fact(engine.clock.now(), Source.PLATFORM, found.message)
        )

    def _not_created(
        self, spec: RequestSpec, why: str, code: int | None, *, down: bool = False
    ) -> None:
        engine = self._engine
        value: JsonObject = {"why": why, "code": code}
        if down:
            value |= {"down": True, "attempt": engine.request(spec.identifier).resend_count}
        fact = make_fact(engine.clock.now(), Source.PLATFORM, FactKind.NOT_CREATED, value)
        engine.record(spec.identifier, fact)
