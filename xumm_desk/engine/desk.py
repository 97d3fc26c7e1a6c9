"""The desk: creates, follows and cancels requests, and says how each stands.

Composes book, calls, sockets and witnesses; must not know Qt, HTTP, SQL or the look of anything.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from xumm_desk.core import address
from xumm_desk.core.facts import Fact, Kind, Witness, fact
from xumm_desk.core.lifecycle import Request, Step
from xumm_desk.core.order import Order, Problem, live_problem
from xumm_desk.core.outcome import Answer, Application, Failure
from xumm_desk.core.pace import Pace
from xumm_desk.core.pairing import can_claim
from xumm_desk.core.proof import Stray
from xumm_desk.core.snapshot import CancelAnswer
from xumm_desk.core.tags import Range, all_rest
from xumm_desk.core.wire import JsonObject

from .aside import Aside, Shelf
from .book import Book, Listener, Row
from .calls import Calls, Urgency
from .clock_watch import ClockWatch
from .create import Creation
from .earlier import Earlier, Reread
from .ending import Ending
from .health import Health, Signs
from .intake import Intake
from .listening import Listening
from .port_errors import TotalAccounts, TotalLedger, TotalPlatform
from .ports import Accounts, Clock, Codec, Journal, Ledger, Platform, Sockets
from .reading import Reading
from .recall import Recall
from .safety_net import Listener as StrayListener
from .safety_net import SafetyNet
from .shared_journal import SharedJournal
from .subscription import Callback, Subscription, reference
from .tasks import TaskOwner
from .turns import in_turns
from .verification import Verification
from .witness import LedgerWitness

__all__ = ["Desk", "Health"]

log = logging.getLogger(__name__)

_LONGEST_LOOK_BACK: Final = timedelta(days=1)
"""How far an account is read back that was never read before."""

_READING: Final = "The journal is still being read, nothing was done. Try again in a moment."
"""What was left unfinished is about to be taken up, and must not be by two at once."""


class Desk:
    """One shop's requests on one platform. Use it on one loop, between `start` and `stop`."""

    def __init__(
        self,
        *,
        platform: Platform,
        sockets: Sockets,
        journal: Journal,
        shelf: Shelf,
        codec: Codec,
        ledger: Ledger | None,
        clock: Clock,
        pace: Pace | None = None,
        accounts: Accounts | None = None,
        network: str = "",
    ) -> None:
        self.clock = clock
        self.pace = pace or Pace()
        self.sockets = sockets
        self.tasks = TaskOwner()
        report = self.tasks.failed
        self.platform = platform = TotalPlatform(platform, report)
        ledger = TotalLedger(ledger, report) if ledger is not None else None
        accounts = TotalAccounts(accounts, report) if accounts is not None else None
        self.book = Book(
            ledger=ledger is not None, durable=lambda: journal.written, network=network
        )
        self.calls = Calls(platform.budget, clock, self.tasks)
        self._network = network
        self._journal = journal
        self._codec = codec
        self._intake = Intake(
            book=self.book,
            journal=journal,
            clock=clock,
            heard=self._noted,
            then=self._consequences,
        )
        self._recall = Recall(
            book=self.book, journal=journal, known=self._watch_for, resume=self._resume
        )
        self._reading = Reading(
            book=self.book,
            calls=self.calls,
            platform=platform,
            clock=clock,
            pace=self.pace,
            tell=self.tell,
            note=self.heard_platform,
        )
        self._listening = Listening(
            book=self.book,
            reading=self._reading,
            platform=platform,
            sockets=sockets,
            clock=clock,
            pace=self.pace,
            tasks=self.tasks,
            tell=self._intake.tell,
        )
        self._creation = Creation(self)
        self._ending = Ending(
            book=self.book,
            calls=self.calls,
            platform=platform,
            clock=clock,
            reading=self._reading,
            tell=self.tell,
            note=self.heard_platform,
        )
        self._witness = (
            LedgerWitness(ledger, clock, self.pace, self.tasks, self.tell) if ledger else None
        )
        self._verification = Verification(
            book=self.book,
            codec=codec,
            journal=journal,
            witness=self._witness,
            clock=clock,
            tasks=self.tasks,
            tell=self.tell,
        )
        self._net = (
            SafetyNet(
                accounts=accounts,
                book=self.book,
                journal=journal,
                clock=clock,
                pace=self.pace,
                tasks=self.tasks,
                tell=self.tell,
                look=self._reading.look,
                adopt=self._recall.adopt,
            )
            if accounts
            else None
        )
        self._shared = SharedJournal(
            journal=journal,
            book=self.book,
            pace=self.pace,
            tasks=self.tasks,
            join=self._recall.join,
            follow_up=self._consequences,
            recover=self._creation.recover,
        )
        self._clocks = ClockWatch(clock, self.pace, lambda: platform.date, self._clock_set)
        self._reread = Reread(clock)
        self.aside = Aside(shelf, clock)
        self.book.on_rows(self._reread.rows_changed)
        self._signs = Signs(clock)
        journal.on_durable(self.book.settled)
        journal.on_trouble(self._signs.journal_troubled)
        journal.on_refused(self._signs.journal_refused)

    # Verbs for windows and programs.

    async def start(self, only: Collection[str] | None = None) -> Sequence[Row]:
        """Load the journal, show it, follow what is unfinished; `only` limits all that to these
        identifiers. Returns the unfinished rows as they were when the program last ran."""
        self.calls.start()
        if only is None:
            await self.aside.load()
        before = await self._recall.load(only)
        await self._reread.begin(row.request for row in before)
        await asyncio.sleep(0)
        await self._recall.resume(before)
        self.tasks.keep(self._listening.sweep, "sweep")
        self.tasks.keep(self._clocks.run, "clocks")
        if only is None:
            self.tasks.keep(self._shared.run, "shared journal")
        if self._net is not None:
            await self._net.open(alone=only is not None)
        return before

    async def caught_up(self, patience: float) -> Earlier:
        """Return when every request that was unfinished at the start was heard of again, or
        `patience` seconds are over, or the platform is down; the answer tells which."""
        return await self._reread.wait(patience)

    async def ledger_read(self, patience: float) -> None:
        """Return when all watched accounts were read up to now, or `patience` seconds are over."""
        if self._net is not None:
            await self._net.current(patience)

    def earlier(self) -> Earlier:
        """How reading the requests of before the start stands."""
        return self._reread.state()

    async def stop(self) -> None:
        """Stop following. What is on disk is enough to go on later."""
        self._listening.clear()
        self.calls.close()
        await self.tasks.stop()

    def rows(self) -> Sequence[Row]:
        """Everything that may be shown, oldest first."""
        return self.book.rows()

    def row(self, identifier: str) -> Row | None:
        """One request as it may be shown."""
        return self.book.row(identifier)

    def on_rows(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every batch of rows that changed; returns what ends that."""
        return self.book.on_rows(listener)

    async def check(self, order: Order) -> tuple[Problem, ...]:
        """What the ledger's own models and a test encoding say against the order's transaction."""
        if "txblob" in order.body:
            return ()
        return await asyncio.to_thread(self._codec.problems, order.txjson, order.network)

    async def create(self, order: Order) -> Row:
        """Create the request exactly once and follow it; returns when the platform has answered
        for good or the matter is unsure (status Creating, still being cleared up).

        An identifier that is already known returns that request: pressing twice makes one.
        """
        if order.identifier in self.book:
            return self._row_now(order.identifier)
        await self._creation.create(order)
        await self._journal.durable()
        return self._row_now(order.identifier)

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Ask the platform to cancel; only its `result` is believed (P§4)."""
        return await self._ending.cancel(identifier)

    async def give_up(self, identifier: str) -> str:
        """Close, because a person says so, an outage code or a request of which nobody knows
        whether it arrived; on disk when this returns. "" or why not. Money that still comes is
        seen by the ledger net and becomes Check."""
        if self._recall.reading:
            return _READING
        refused = self._ending.give_up(identifier)
        await self._journal.durable()
        return refused

    async def resend(self, identifier: str) -> str:
        """Send again a request that a platform which was down never took, under the same
        identifier and looked for first; "" once it was tried (the row tells how it went), else why
        it cannot be."""
        if self._recall.reading:
            return _READING
        if identifier not in self.book:
            return f"There is no request {identifier} here."
        refused = await self._creation.resend(self.book[identifier].request)
        await self._journal.durable()
        return refused

    def turned_away(self, identifier: str) -> str:
        """Why the platform has not taken a request that is still being sent, where it is known for
        sure that it has not; "" else."""
        return self._creation.turned_away(identifier)

    def refresh(self, identifier: str) -> None:
        """Read one request again because a person asked."""
        self._reading.look(identifier, Urgency.PERSON)

    async def hint(self, uuid: str, identifier: str = "") -> str | None:
        """Somebody says that a request ended: read it, and believe only what is read. Returns the
        identifier when `uuid`, or our `identifier`, is a request of ours, however old."""
        ours = self.book.by_uuid(uuid) or (identifier if identifier in self.book else None)
        if ours is None:
            ours = await self._recall.find(uuid, identifier)
        if ours is not None:
            # What the platform itself has already told can wait for what a customer waits for.
            known = self.book[ours].request.resolved
            self._reading.look(ours, Urgency.POLL if known else Urgency.MONEY)
        return ours

    def watch(self, account: str) -> str:
        """Watch the shop's own address for payments, whether or not a request names it; "" or why
        not. What is no address at all is not watched, and nothing is said: nobody typed one yet."""
        found = address.read(account)
        if found is None:
            return ""
        if problem := live_problem(found, self._network, "destination", "The shop's address"):
            return problem.sentence
        if self._net is not None:
            self._net.watch(found.classic, self.clock.now())
        return ""

    def unmatched(self) -> Sequence[Stray]:
        """Payments on the ledger that belong to no request for sure, oldest first."""
        return self._net.unmatched() if self._net is not None else ()

    def on_unmatched(self, listener: StrayListener) -> Callable[[], None]:
        """Call `listener` with all of them whenever they change; returns what ends that."""
        return self._net.on_unmatched(listener) if self._net is not None else lambda: None

    async def assign(self, txid: str, identifier: str) -> str:
        """Give an unmatched payment to a request because a person says so; "" or why not."""
        if self._net is None:
            return "No ledger node is set up."
        return await self._net.assign(txid, identifier)

    async def allocate_tag(self, within: Range) -> int | str:
        """A destination tag under which nothing else can be paid any more, on disk when this
        returns; a sentence when the range has none."""
        tag = await self._journal.reserve_tag(within, self.clock.now())
        return all_rest(within) if tag is None else tag

    async def subscribe(
        self, payload: str | Mapping[str, Any] | Row, callback: Callback | None = None
    ) -> Subscription:
        """A program's own live view of one request; see `reference` for how it may be named.
        Raises `ValueError`."""
        uuid, socket = reference(payload)
        known = self.book.by_uuid(uuid)
        return Subscription(
            uuid,
            callback,
            platform=self.platform,
            sockets=self.sockets,
            socket=self.book[known].request.socket if known else socket,
            pace=self.pace,
        )

    async def facts(self, identifier: str) -> Sequence[Fact]:
        """Everything that is on disk about one request, in order."""
        await self._journal.durable()
        found = await self._journal.load([identifier])
        return found[0][1] if found else ()

    async def ping(self) -> Application | Failure:
        """Whose keys these are."""
        answer = await self.calls.make(Urgency.PERSON, self.platform.ping)
        self.heard_platform(answer)
        return answer

    def health(self) -> Health:
        """How the lamps stand now."""
        return self._signs.health(
            self._listening,
            self.platform.budget,
            self._clocks,
            ledger_set_up=self._witness is not None,
            ledger_gap=self._net.gap() if self._net is not None else "",
        )

    # What the parts of the engine tell each other.

    def tell(self, identifier: str, heard: Fact) -> None:
        """Take in one fact: disk, memory, consequences."""
        self._intake.tell(identifier, heard)

    def admit(self, order: Order, request: Request, intent: Fact) -> None:
        """Take in a new request, whose intent goes to the disk before anything else."""
        self._intake.admit(order, request, intent)
        self._watch_for(request)

    def request(self, identifier: str) -> Request:
        """How a request stands now."""
        return self.book[identifier].request

    def failed(self, name: str, error: BaseException) -> None:
        """Tell of an error of ours that is made good by itself."""
        self.tasks.failed(name, error)

    def withdraw(self, identifier: str) -> None:
        """Cancel at the platform what a person had given up before the platform was heard of."""
        self.tasks.start(self.cancel(identifier), f"withdraw {identifier}")

    async def durable(self) -> None:
        """Return when all facts so far are on disk."""
        await self._journal.durable()

    def clock_ahead(self) -> timedelta | None:
        """How far this computer's clock is ahead of the platform's; None where that is unknown."""
        return self._clocks.ahead

    def _clock_set(self, seconds: float) -> None:
        self.tasks.start(self._mark_clock(seconds), "clock set")

    async def _mark_clock(self, seconds: float) -> None:
        """Mark the timeline of all that is open."""
        value: JsonObject = {"seconds": round(seconds)}
        told = fact(self.clock.now(), Witness.DESK, Kind.CLOCK_SET, value)
        async for entry in in_turns(self.book.entries()):
            if not entry.verdict.final:
                self.tell(entry.request.identifier, told)

    def heard_platform(self, answer: Answer | Application | Failure) -> None:
        """Note for the lamp how a call went."""
        self._reread.answered(well=self._signs.answered(answer))

    def _noted(self, identifier: str, kind: Kind) -> None:
        """What has to be done with every fact, told anew or again."""
        self._reread.heard(identifier, kind)
        if self._net is not None and kind in (Kind.ANSWER, Kind.NOT_CREATED):
            self._net.noticed()

    def _consequences(self, identifier: str) -> None:
        """What has to be done now that this is known."""
        request = self.book[identifier].request
        self._reading.pursue(request)
        self._verification.pursue(request)
        if self._net is not None and request.txid is not None:
            self._net.reported(identifier, request.txid)
        self._listening.update(identifier)

    def _watch_for(self, request: Request) -> None:
        """Money for this request comes to its destination; nothing came before it was made."""
        to = request.order.destination
        if self._net is None or to is None or not can_claim(request) or not address.is_classic(to):
            return
        now, final = self.clock.now(), self.book[request.identifier].verdict.final
        since = now if final else max(request.created_at, now - _LONGEST_LOOK_BACK)
        self._net.watch(to, since)

    def _resume(self, request: Request) -> None:
        """Take up a request that the program left unfinished."""
        identifier = request.identifier
        if request.uuid is None:
            if request.failure is None:
                self.tasks.start(self._creation.recover(request), f"recover {identifier}")
            return
        if not request.resolved:
            urgent = request.step >= Step.OPENED
            self._reading.look(identifier, Urgency.EXPIRY if urgent else Urgency.CONNECTED)
        self._consequences(identifier)

    def _row_now(self, identifier: str) -> Row:
        entry = self.book[identifier]
        return Row(entry.request, entry.verdict, entry.link, entry.deadline, entry.heard_at)
