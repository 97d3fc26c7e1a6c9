"""Returning customers: remember one after a paid sale, send the next request to his phone, forget.

Nothing is kept before a person asks for it. Tokens are read from the store when the list is opened,
checked with the platform in bulk at most once a day, and removed when their time is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, TypeVar

from xumm_desk.core.bidi import isolate
from xumm_desk.core.customers import customer as rules
from xumm_desk.core.customers.customer import Customer, Ending
from xumm_desk.core.customers.token_states import TokenState, unix_time
from xumm_desk.core.message import Message, error_text
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.wire.api_answers import ApiAnswer, Failure, FailureKind
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.ports import CustomerStore
from xumm_desk.engine.runtime.tasks import ClosingError

T = TypeVar("T")

_AT_ONCE: Final = 50
"""Tokens in one call: a shop with hundreds of customers stays under any limit of a body."""

NOT_AVAILABLE: Final = Message("This program was started without a place for customers' names.")
_NOT_THERE: Final = Message("This customer is not remembered any more. Show the code instead.")


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """One line of the list. `ended` says why this customer was removed while the list was open, ""
    for one who can be chosen; `expires` is in UTC."""

    nickname: str
    expires: datetime
    ended: str = ""


@dataclass(frozen=True, slots=True)
class RememberResult:
    """Whether a customer is remembered now, else why not. `taken` if another one has that nickname
    and a person may replace him."""

    done: bool
    sentence: str = ""
    taken: bool = False


class PushState(Enum):
    """What became of sending a request to a phone."""

    CREATING = "creating"
    SENT = "sent"
    NOT_SENT = "not sent"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Push:
    """To whom a request was sent, and whether it was. `nickname` is "" where it is not known any
    more: it is written to no journal."""

    nickname: str
    state: PushState


class ReturningCustomers:
    """The remembered customers of one platform and application."""

    def __init__(
        self,
        engine: Engine,
        store: CustomerStore | None,
        clock_ahead: Callable[[], timedelta | None],
    ) -> None:
        """`clock_ahead` returns how far this computer's clock is ahead of the platform's."""
        self._engine, self._store, self._clock_ahead = engine, store, clock_ahead
        # By key of the nickname; None before the store was first read.
        self._customers: dict[str, Customer] | None = None
        # Removed since the list was opened, by key.
        self._ended: dict[str, KnownCustomer] = {}
        # Of the tokens that requests of this run were sent with.
        self._names: dict[str, str] = {}
        self._refused: set[str] = set()
        self._trouble = ""
        self._checking = False
        self._lock = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def available(self) -> bool:
        """Whether there is a place to keep customers at all."""
        return self._store is not None

    @property
    def checking(self) -> bool:
        """Whether the platform is being asked about the list."""
        return self._checking

    @property
    def trouble(self) -> str:
        """Why the last check of the list was not complete, "" if it was."""
        return self._trouble

    def known(self) -> Sequence[KnownCustomer]:
        """Those who can be chosen, by nickname; then those removed since the list was opened."""
        found = rules.in_order((self._customers or {}).values())
        listed = [KnownCustomer(one.nickname, one.expires) for one in found]
        return [*listed, *self._ended.values()]

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the list, or what became of a sending, changed; returns what
        ends that."""
        self._listeners.append(listener)

        def remove() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return remove

    # What a person does.

    async def open(self) -> str:
        """Read the list from the store, and begin to check it where that is due; "" or why it
        cannot be read."""
        async with self._lock:
            self._ended.clear()
            refused = await self._load()
            if refused:
                return refused
            now = self._now()
            over = [one for one in self._loaded() if one.has_ended(now)]
            await self._remove(over, dict.fromkeys((one.key for one in over), Ending.EXPIRED))
        self._start_check()
        self._notify()
        return ""

    async def remember(
        self, identifier: str, nickname: str, *, replace_other: bool = False
    ) -> RememberResult:
        """Keep the token that this signed request has issued, because the customer agrees."""
        nickname = rules.clean_nickname(nickname)
        if error := rules.nickname_error(nickname):
            return RememberResult(False, error)
        async with self._lock:
            if refused := await self._load():
                return RememberResult(False, refused)
        there = (self._customers or {}).get(rules.nickname_key(nickname))
        if there is not None and not replace_other:
            return RememberResult(False, _taken(there.nickname), taken=True)
        state = await self._token_of(identifier)
        if isinstance(state, str):
            return RememberResult(False, state)
        same = next((one for one in self._loaded() if one.token == state.token), None)
        if same is not None and same is not there:
            return RememberResult(False, _already(same.nickname))
        async with self._lock:
            refused = await self._save([rules.new_customer(nickname, state, self._now())])
        self._notify()
        return RememberResult(not refused, refused)

    async def forget(self, nickname: str) -> str:
        """Delete this customer for good; "" or why that is not sure."""
        if self._store is None:
            return NOT_AVAILABLE
        async with self._lock:
            refused = await self._store.remove([nickname])
            if refused:
                return refused
            key = rules.nickname_key(nickname)
            forgotten = (self._customers or {}).pop(key, None)
            self._ended.pop(key, None)
            if forgotten is not None:
                self._names.pop(forgotten.token, None)
        self._notify()
        return ""

    def address(self, spec: RequestSpec, nickname: str) -> RequestSpec | str:
        """The same spec, to be sent to this customer's phone too; a sentence if that cannot be."""
        customer = (self._customers or {}).get(rules.nickname_key(nickname))
        if customer is None:
            return _NOT_THERE
        if customer.has_ended(self._now()):
            return rules.ending_sentence(customer.nickname, Ending.EXPIRED)
        self._names[customer.token] = customer.nickname
        return replace(spec, user_token=customer.token)

    def push_of(self, request: Request) -> Push | None:
        """What became of sending this request to a phone; None if that was not wanted."""
        token = request.spec.user_token
        sent = request.was_pushed
        if token is None:
            return Push("", PushState.SENT) if sent else None
        name = self._names.get(token, "")
        if sent:
            return Push(name, PushState.SENT)
        if token in self._refused:
            return Push(name, PushState.ENDED)
        return Push(name, PushState.CREATING if request.uuid is None else PushState.NOT_SENT)

    # What the platform says.

    def on_created(self, request: Request) -> None:
        """The platform has created a request: where it did not send it to the phone although that
        was asked, find out whether the token has ended."""
        token = request.spec.user_token
        if token is not None and token in self._names:
            self._engine.tasks.start(self._find_out_why(request.identifier), "push")

    async def on_token_used(self, token: str, expires: int | None) -> None:
        """The platform says that a token lives until `expires` (unix seconds). Only a customer who
        is remembered already is prolonged: this is no reason to keep anybody."""
        until = unix_time(expires)
        async with self._lock:
            known = next((one for one in self._loaded() if one.token == token.lower()), None)
            if known is not None and until is not None and until > known.expires:
                await self._save([replace(known, expires=until, checked=self._now())])
        if known is not None:
            self._notify()

    async def _find_out_why(self, identifier: str) -> None:
        request = self._engine.request(identifier)
        token = request.spec.user_token
        if token is None or request.was_pushed:
            return
        states = await self._ask([token], Priority.CONNECTED)
        if isinstance(states, Failure):
            return
        async with self._lock:
            await self._apply(states)
        state = rules.states_by_token(states).get(token.lower())
        if state is not None and not state.active:
            self._refused.add(token)
        self._notify()

    def _start_check(self) -> None:
        now = self._now()
        due = [one.token for one in self._loaded() if one.needs_check(now)]
        if due and not self._checking:
            self._checking = True
            self._engine.tasks.start(self._check(due), "check customers")

    async def _check(self, tokens: Sequence[str]) -> None:
        """Ask about these tokens, a few at a time, after everything that a sale needs."""
        self._trouble = ""
        try:
            for start in range(0, len(tokens), _AT_ONCE):
                states = await self._ask(tokens[start : start + _AT_ONCE], Priority.POLL)
                if isinstance(states, Failure):
                    self._trouble = states.message
                    return
                async with self._lock:
                    self._trouble = await self._apply(states) or self._trouble
                self._notify()
        finally:
            self._checking = False
            self._notify()

    async def _ask(
        self, tokens: Sequence[str], urgency: Priority
    ) -> tuple[TokenState, ...] | Failure:
        platform = self._engine.platform
        return await self._call(urgency, lambda: platform.token_states(tokens))

    async def _call(
        self, urgency: Priority, call: Callable[[], Awaitable[T | Failure]]
    ) -> T | Failure:
        engine = self._engine
        try:
            answer = await engine.calls.call(urgency, call)
        except ClosingError as error:
            return Failure(FailureKind.UNREACHABLE, error_text(error))
        engine.note_platform_answer(answer if isinstance(answer, Failure) else ApiAnswer({}))
        return answer

    async def _apply(self, states: Iterable[TokenState]) -> str:
        """Take over the platform's word on each token; "" or why the store did not."""
        by_token, now = rules.states_by_token(tuple(states)), self._now()
        changed: list[Customer] = []
        over: list[Customer] = []
        why: dict[str, Ending] = {}
        for one in self._loaded():
            state = by_token.get(one.token)
            if state is None:
                continue
            after = rules.judged(one, state, now)
            if isinstance(after, Ending):
                over.append(one)
                why[one.key] = after
            else:
                changed.append(after)
        refused = await self._remove(over, why)
        return await self._save(changed) or refused

    async def _token_of(self, identifier: str) -> TokenState | str:
        """The token that a signed request has issued, confirmed by the platform; or why none."""
        engine = self._engine
        uuid = engine.request(identifier).uuid if identifier in engine.registry else None
        if uuid is None:
            return Message("Only the customer of a paid request can be remembered.")
        token = await self._call(Priority.PERSON, lambda: engine.platform.issued_token(uuid))
        if isinstance(token, Failure):
            return token.message
        if token is None:
            return Message(
                "The platform holds no permission with this sale. It stands with the customer's"
                " newest payment only, and not every wallet gives it."
            )
        value = token.value.lower()
        states = await self._ask([value], Priority.PERSON)
        if isinstance(states, Failure):
            # It was issued a moment ago, and will be checked when the list is opened.
            return TokenState(value, True, self._now() + rules.TOKEN_LIFE)
        state = rules.states_by_token(states).get(value)
        if state is not None and not state.active:
            return Message("The wallet does not allow this shop to send requests to the phone.")
        return replace(state, token=value) if state is not None else TokenState(value, True)

    # What is kept.

    def _loaded(self) -> list[Customer]:
        return list((self._customers or {}).values())

    async def _load(self) -> str:
        if self._store is None:
            return NOT_AVAILABLE
        found = await self._store.load()
        if isinstance(found, str):
            return found
        self._customers = {one.key: one for one in found}
        return ""

    async def _save(self, customers: Sequence[Customer]) -> str:
        if not customers or self._store is None or self._customers is None:
            return ""
        if refused := await self._store.save(customers):
            return refused
        self._customers |= {one.key: one for one in customers}
        return ""

    async def _remove(self, customers: Sequence[Customer], why: Mapping[str, Ending]) -> str:
        """Customers whose tokens have ended. They cannot be chosen any more even where the store
        does not delete them now: the next opening of the list tries again."""
        if not customers or self._store is None or self._customers is None:
            return ""
        for one in customers:
            self._customers.pop(one.key, None)
            sentence = rules.ending_sentence(one.nickname, why[one.key])
            self._ended[one.key] = KnownCustomer(one.nickname, one.expires, sentence)
        return await self._store.remove([one.nickname for one in customers])

    def _now(self) -> datetime:
        """The platform's time, by which it judges tokens."""
        return self._engine.clock.now() - (self._clock_ahead() or timedelta(0))

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _taken(nickname: str) -> str:
    return Message(
        "{name} is remembered already, with another phone or an older permission. Replace it only"
        " if this is the same person.",
        name=isolate(nickname),
    )


def _already(nickname: str) -> str:
    return Message(
        "This customer is remembered already, as {name}. Forget that name first to use another.",
        name=isolate(nickname),
    )
