"""A small platform, phone and ledger for property tests, after P§3.2, §4, §5.2 and §10a.

It keeps what really happened; what a desk may receive of it comes out as frames, GET answers and
answers of a ledger node, in whatever order a test then delivers them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from xumm_desk.core.state.facts import Fact

from .builders import (
    EXPIRES,
    LAST_LEDGER,
    PAYMENT,
    START,
    STRANGER,
    UUID,
    Signed,
    answer,
    at,
    cancelled,
    frame,
    get,
    on_ledger,
    signed,
    tx_not_found,
)

LIFE = (EXPIRES - START).total_seconds()

RIGHT = signed(PAYMENT)
SHORT = signed(PAYMENT, Amount="1400000")
ASTRAY = signed(PAYMENT, Destination=STRANGER.address)
CHOICES = (RIGHT, SHORT, ASTRAY)
RESULTS = ("tesSUCCESS", "tecPATH_DRY")


@dataclass
class World:
    """One request as it really stands at the platform, on a phone and on the ledger."""

    now: float = 2.0
    opened: int = 0
    holding: bool = False
    resolved: bool = False
    made: Signed | None = None
    resolved_at: float = 0.0
    report: str | None = None
    withdrawn: bool = False
    ledger: str = "nothing"
    delivered: str | None = None
    index: int = 900
    frames: list[Fact] = field(default_factory=list)

    @property
    def expired(self) -> bool:
        """Whether its time is over; a cancelled request's is."""
        return self.withdrawn or self.now > LIFE

    @property
    def paid(self) -> bool:
        """Whether the shop has exactly what it asked for, for good."""
        return self.made == RIGHT and self.ledger == "tesSUCCESS" and self.delivered == "1500000"

    def say(self, **message: object) -> None:
        """Send a frame to whoever listens."""
        self.frames.append(frame(json.dumps(message), self.now))

    def pass_time(self, seconds: float) -> None:
        """Let time go by; the moment of expiry is announced (P§5.1)."""
        before, self.now = self.now, self.now + seconds
        if before <= LIFE < self.now:
            self.say(expired=True)
        self.say(expires_in_seconds=round(LIFE - self.now))

    def open(self) -> None:
        """A phone fetches it; that counts only while it is not expired (P§10a)."""
        self.now += 1
        if not self.expired:
            self.opened += 1
            self.holding = True
        self.say(opened=True)

    def begin_signing(self) -> None:
        """The customer starts the signing routine."""
        self.now += 1
        if self.holding and not self.resolved:
            self.say(pre_signed=True)

    def sign(self, made: Signed) -> None:
        """A phone that holds it signs; the expiry and a cancel are not checked (P§10a)."""
        self.now += 1
        if self.resolved or not self.holding:
            return
        self.resolved, self.made, self.resolved_at = True, made, self.now
        self.ledger = "pending"
        self.say(pre_signed=True)
        self.say(payload_uuidv4=UUID, signed=True, txid=made.txid)

    def dispatch(self, result: str) -> None:
        """The phone reports what the node said first."""
        self.now += 1
        if self.made is not None and self.report is None:
            self.report = result
            self.say(dispatched=True)

    def reject(self) -> None:
        """The customer declines."""
        self.now += 1
        if self.holding and not self.resolved:
            self.resolved, self.resolved_at = True, self.now
            self.say(payload_uuidv4=UUID, signed=False)

    def cancel(self) -> Fact:
        """The till's DELETE (P§4)."""
        self.now += 1
        self.say(devapp_fetched=True)
        for condition, reason in (
            (self.withdrawn, "ALREADY_CANCELLED"),
            (self.resolved, "ALREADY_RESOLVED"),
            (self.expired, "ALREADY_EXPIRED"),
            (self.opened > 0, "ALREADY_OPENED"),
        ):
            if condition:
                return cancelled(False, reason, self.now)
        self.withdrawn = True
        return cancelled(True, "OK", self.now)

    def decide(self, result: str, delivered: str) -> None:
        """The ledger validates the pending transaction."""
        self.now += 1
        self.index += 5
        if self.ledger == "pending":
            self.ledger = result
            self.delivered = delivered if result == "tesSUCCESS" else None

    def lapse(self) -> None:
        """The last ledger that could hold the transaction passes without it."""
        self.now += 1
        self.index = LAST_LEDGER + 10
        if self.ledger == "pending":
            self.ledger = "never"

    def connect(self) -> None:
        """What a socket says on connecting: nothing is replayed (P§5.2)."""
        self.now += 1
        self.say(message=f"Welcome {UUID}")
        if self.expired or self.resolved:
            self.say(expired=True)
        else:
            self.say(expires_in_seconds=round(LIFE - self.now))

    def read(self) -> Fact:
        """A GET."""
        self.now += 1
        self.say(devapp_fetched=True)
        value = get(
            self.made,
            resolved=self.resolved,
            cancelled=self.withdrawn,
            expired=self.expired,
            opened=self.opened > 0,
            resolved_at=at(int(self.resolved_at)),
            result=self.report,
        )
        return answer(value, self.now)

    def ask(self) -> Fact:
        """What a ledger node answers about the transaction."""
        self.now += 1
        if self.made is None or self.ledger == "pending":
            return tx_not_found(self.index, seconds=self.now)
        if self.ledger == "never":
            return tx_not_found(self.index, never=True, seconds=self.now)
        return on_ledger(self.made, result=self.ledger, delivered=self.delivered, seconds=self.now)
