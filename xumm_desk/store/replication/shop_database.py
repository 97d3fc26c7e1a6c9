"""What a till or monitor does in the shop's database, over one connection of one thread.

Facts are shipped and read in batches; leases, reserved numbers and reports of tills go by the
database's clock. No call raises an error of psycopg: see `core/replication/shop_error.py`. After
`Unreachable` the connection is closed, and the caller connects anew.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString

from psycopg import Notify

from xumm_desk.core.message import Message
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_error import AccessRefused, ShopDatabaseError, Unreachable
from xumm_desk.core.replication.shop_state import Lease, TillRole, TillState

from . import shop_connection, shop_rows, shop_schema
from .shop_connection import PatientConnection

_CHANNEL: Final = "xumm_desk_facts"
_LARGEST_NUMBER: Final = 2**63 - 1

# Not `select`, which refuses descriptors from 1024 on, as a desk with many sockets has them.
_SELECTOR: Final = getattr(selectors, "PollSelector", selectors.SelectSelector)


def connect(address: ShopAddress, password: str, *, instance: str, patience: float) -> ShopDatabase:
    """Log in as the till or monitor of `address`. `instance` names this run of the program, which
    holds the leases; no answer takes longer than `patience` seconds.

    Raises:
        Unreachable, AccessRefused, TooOld, ShopDatabaseError
    """
    connection = shop_connection.connect(address, password, patience)
    try:
        with shop_connection.translating(connection, address.hosts):
            found = shop_schema.version_of(connection)
        shop_schema.require_fitting(found, shop_schema.newest_version())
    except ShopDatabaseError:
        connection.close()
        raise
    return ShopDatabase(connection, address, instance)


class ShopDatabase:
    """The shop as one till or monitor sees it. Made by `connect`."""

    def __init__(self, connection: PatientConnection, address: ShopAddress, instance: str) -> None:
        self._connection = connection
        self._address = address
        self._instance = instance
        self.till = address.till
        """The id under which this connection ships and holds leases."""
        self._heard: dict[str, int] = {}
        connection.add_notify_handler(self._on_notify)

    @property
    def is_open(self) -> bool:
        """Whether the connection was neither closed nor lost, as far as is known."""
        return not self._connection.closed

    def close(self) -> None:
        """End the connection; harmless when it is closed."""
        self._connection.close()

    def fileno(self) -> int:
        """The connection's socket, -1 when it is closed."""
        return -1 if self._connection.closed else self._connection.fileno()

    # --- Identity ---------------------------------------------------------------------------------

    def own_ids(self) -> list[str]:
        """The ids under which this login may ship, the one that it was made with first."""
        return [till for (till,) in self._rows("SELECT own_ids::text FROM xumm_desk.own_ids()")]

    def role(self) -> TillRole:
        """What this login is; raises `AccessRefused` for one that left the shop."""
        rows = self._rows(
            "SELECT role FROM xumm_desk.tills WHERE till = (SELECT xumm_desk.own_member())"
        )
        if not rows:
            raise AccessRefused(
                Message(
                    "This till is no member of the shop any more. Every sale is kept on its till;"
                    " ask the shop's owner for a new code if it is to come back."
                )
            )
        return TillRole(rows[0][0])

    def use_id(self, till: str) -> None:
        """Be this one of the login's tills: its facts, its leases, its state."""
        self._rows("SELECT set_config('xumm_desk.till', %b, false)", (till,))
        self.till = till

    def add_id(self) -> str:
        """Another id for this till, whose journal is not the one that the first id knows. Raises
        `ShopDatabaseError`."""
        ((made,),) = self._rows("SELECT xumm_desk.add_id()::text")
        return str(made)

    # --- Facts ------------------------------------------------------------------------------------

    def ship(self, facts: Sequence[ReplicatedFact]) -> None:
        """Add facts of this till, all or none; those that are there already are left out.

        Raises:
            ForkedTill: another fact has the same number.
            ShopDatabaseError: facts before these are missing, or a hash does not fit.
        """
        batch = shop_rows.consecutive(facts)
        if batch:
            self._rows(*shop_rows.ship_call(batch))

    def own_end(self) -> ChainEnd:
        """The last fact of this till that the database has."""
        rows = self._rows(
            "SELECT number, hash FROM xumm_desk.chain_ends WHERE till = %b::text::uuid",
            (self.till,),
        )
        return ChainEnd(*rows[0]) if rows else ChainEnd()

    def ends(self) -> dict[str, int]:
        """The number of the newest fact by till, of those that have any."""
        return dict(
            self._rows("SELECT till::text, number FROM xumm_desk.chain_ends WHERE number > 0")
        )

    def hash_of(self, till: str, number: int) -> bytes | None:
        """The hash of one fact, None if it is not there."""
        rows = self._rows(
            "SELECT hash FROM xumm_desk.facts WHERE till = %b::text::uuid AND number = %b",
            (till, number),
        )
        return rows[0][0] if rows else None

    def read(self, after: Mapping[str, int], most: int) -> list[ReplicatedFact]:
        """At most `most` facts of the tills in `after`, beyond the number given for each: in order
        and without gaps within a till, tills with the fewest to read first."""
        if not after or most < 1:
            return []
        values = (list(after), list(after.values()), most, most)
        return [shop_rows.fact_of(row) for row in self._rows(shop_rows.READ, values)]

    def orders_of(self, identifiers: Sequence[str]) -> list[ReplicatedFact]:
        """What tills have told of erasures in these requests."""
        asked = [shop_rows.raw(one) for one in dict.fromkeys(identifiers)]
        return [shop_rows.fact_of(row) for row in self._rows(shop_rows.ORDERS_OF, (asked,))]

    def orders_after(self, known: Mapping[str, int]) -> list[ReplicatedFact]:
        """What tills have told of erasures beyond the number `known` of each."""
        values = (list(known), list(known.values()))
        return [shop_rows.fact_of(row) for row in self._rows(shop_rows.ORDERS_AFTER, values)]

    def hashes_of(self, names: Sequence[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """The hashes of facts, of those that are there."""
        values = ([till for till, _ in names], [number for _, number in names])
        rows = self._rows(shop_rows.HASHES_OF, values)
        return {(till, number): hashed for till, number, hashed in rows}

    def is_erased(self, till: str, number: int) -> bool:
        """Whether this fact is marked as one whose text was replaced."""
        rows = self._rows(shop_rows.IS_ERASED, (till, number))
        return bool(rows and rows[0][0])

    # --- Notifications ----------------------------------------------------------------------------

    def listen(self) -> None:
        """Get a notification for each batch that another connection ships."""
        self._rows(f"LISTEN {_CHANNEL}")

    def wait(self, seconds: float, wake: int | None = None) -> dict[str, int]:
        """Wait for notifications, at most `seconds`; returns the newest number by till of all that
        came, {} if none did or `wake` became readable. What can be read from `wake` is left there.

        Raises:
            Unreachable
        """
        end = time.monotonic() + seconds
        while True:
            self._receive()
            left = end - time.monotonic()
            if self._heard or left <= 0:
                break
            both = (
                (self._connection.fileno(),) if wake is None else (self._connection.fileno(), wake)
            )
            if wake in _readable(left, *both):
                self._receive()
                break
        heard, self._heard = self._heard, {}
        return heard

    def rest(self, seconds: float, wake: int) -> None:
        """Wait until `wake` can be read, at most `seconds`; what comes from the database meanwhile
        is heard afterwards."""
        _readable(seconds, wake)

    def _receive(self) -> None:
        """Take in what the server sent by itself."""
        with shop_connection.translating(self._connection, self._address.hosts):
            if self._connection.closed:
                raise _closed(self._address)
            raw = self._connection.pgconn
            raw.consume_input()
            while notify := raw.notifies():
                self._on_notify(
                    Notify(notify.relname.decode(), notify.extra.decode(), notify.be_pid)
                )

    def _on_notify(self, notify: Notify) -> None:
        if notify.pid == self._connection.pgconn.backend_pid or notify.channel != _CHANNEL:
            return
        # Whoever may log in may notify: it is a hint to read, and need not be well-formed.
        till, _, text = notify.payload.partition(" ")
        if text.isascii() and text.isdigit() and (number := int(text[:20])) <= _LARGEST_NUMBER:
            self._heard[till] = max(number, self._heard.get(till, 0))

    # --- Leases, numbers, tills -------------------------------------------------------------------

    def take_lease(self, name: str, seconds: float) -> bool:
        """Get the lease `name` for `seconds`, or prolong it; False while another till, or another
        run of this till's program, holds it."""
        rows = self._rows(
            "SELECT xumm_desk.take_lease(%b, %b, %b)", (name, self._instance, float(seconds))
        )
        return bool(rows[0][0])

    def give_back_lease(self, name: str) -> None:
        """End the lease `name`, if this run of the program holds it."""
        self._rows("SELECT xumm_desk.give_back_lease(%b, %b)", (name, self._instance))

    def leases(self) -> list[Lease]:
        """The leases that have not expired."""
        return [Lease(*row) for row in self._rows(shop_rows.LEASES)]

    def reserve_block(self, kind: str, size: int, within: tuple[int, int]) -> tuple[int, int]:
        """The first and last of up to `size` numbers of `kind` that no till had before; fewer only
        where fewer are left together.

        Raises:
            ShopDatabaseError: none is left between the two numbers of `within`.
        """
        rows = self._rows(
            "SELECT block_first, block_last"
            " FROM xumm_desk.reserve_block(%b, %b::bigint, %b::bigint, %b::bigint)",
            (kind, size, *within),
        )
        first, last = rows[0]
        return first, last

    def report_state(self, facts_behind: int, version: str) -> None:
        """Say that this till lives and how many facts it has to send or to read.

        Raises:
            TooOld: meanwhile the shop demands a newer program.
        """
        rows = self._rows("SELECT xumm_desk.report_state(%b::bigint, %b)", (facts_behind, version))
        shop_schema.require_new_enough(rows[0][0], shop_schema.newest_version())

    def tills(self) -> list[TillState]:
        """All tills and monitors that the shop ever had."""
        return [shop_rows.till_of(row) for row in self._rows(shop_rows.TILLS)]

    def _rows(self, query: LiteralString, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with shop_connection.translating(self._connection, self._address.hosts):
            if self._connection.closed:
                raise _closed(self._address)
            cursor = self._connection.execute(query, values, binary=True)
            return cursor.fetchall() if cursor.description else []


def _closed(address: ShopAddress) -> Unreachable:
    return Unreachable(
        Message(
            "The connection to the shop's database at {host} is closed. Every sale is kept on its"
            " till and is sent when the database is back.",
            host=address.hosts[0],
        )
    )


def _readable(seconds: float, *descriptors: int) -> set[int]:
    with _SELECTOR() as selector:
        for one in descriptors:
            selector.register(one, selectors.EVENT_READ)
        return {key.fd for key, _ in selector.select(seconds)}
