"""Make a shop in a PostgreSQL database, and let tills in and out; for the owner only.

The owner needs CREATE on the database and CREATEROLE, and no superuser, so that managed services
will do. Passwords reach the server as SCRAM verifiers, which no log turns back into passwords.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from xumm_desk.core.message import Message
from xumm_desk.core.replication import erasure_order
from xumm_desk.core.replication.erasure_order import ErasureOrder
from xumm_desk.core.replication.join_code import JoinCode, format_code
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.core.replication.shop_address import DEFAULT_PORT, ShopAddress
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_state import Lease, TillRole, TillState

from . import shop_connection, shop_rows, shop_schema
from .shop_connection import PatientConnection

CODE_LIFE: Final = timedelta(days=2)
"""How long a one-time code can be used."""

_CONNECTIONS: Final = 8
"""Connections that one login may have at once: a till needs one, two while it connects anew."""


@dataclass(frozen=True, slots=True)
class ShopPlace:
    """What codes say of the shop."""

    name: str
    hosts: tuple[str, ...]
    ports: tuple[int, ...]
    root_certificate: str


def open_owner(
    where: str, password: str = "", *, patience: float = 30.0, certificate_file: str = ""
) -> ShopOwner:
    """Connect as the owner; `where` is a connection string or URI as psql takes it, and the file
    holds the authority that signed the server's certificate, if the string names none.

    Raises:
        Unreachable, AccessRefused, ShopDatabaseError
    """
    parameters = _parameters(where)
    if parameters is None:
        raise ShopDatabaseError(
            Message(
                "This is no connection string of PostgreSQL. It looks like"
                " postgresql://owner@host:5432/database."
            )
        )
    if password:
        parameters["password"] = password
    if certificate_file:
        parameters.setdefault("sslrootcert", certificate_file)
    connection, hosts = shop_connection.connect_owner(parameters, patience)
    return ShopOwner(connection, hosts, parameters)


class ShopOwner:
    """The shop as its owner sees it. Made by `open_owner`."""

    def __init__(
        self,
        connection: PatientConnection,
        hosts: tuple[str, ...],
        parameters: Mapping[str, Any],
    ) -> None:
        self._connection = connection
        self._hosts = hosts or (connection.info.host,)
        given = str(parameters.get("port") or "").split(",")
        ports = [int(port) for port in given if port.isdigit()] or [connection.info.port]
        self._ports = tuple(ports) if len(ports) == len(self._hosts) else self._same_port(ports[0])
        self._certificate_file = str(parameters.get("sslrootcert") or "")

    def _same_port(self, port: int) -> tuple[int, ...]:
        return (port or DEFAULT_PORT,) * len(self._hosts)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def create(
        self,
        shop: str,
        *,
        hosts: Sequence[str] = (),
        ports: Sequence[int] = (),
        root_certificate: str = "",
    ) -> int:
        """Make the shop, or bring its schema up to date and change what codes say of it; returns
        how many migrations ran.

        Tills connect to `hosts` and `ports`, by default those of this connection, and trust
        `root_certificate` (PEM), by default the one of this connection.
        """
        reached = (
            (list(hosts), list(ports or (DEFAULT_PORT,) * len(hosts)))
            if hosts
            else (list(self._hosts), list(self._ports))
        )
        certificate = root_certificate or self._own_certificate()
        with self._translating():
            done = shop_schema.upgrade(self._connection, shop_schema.scripts())
            self._connection.execute(
                "INSERT INTO xumm_desk.shop (name, hosts, ports, root_certificate)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (one_row) DO UPDATE SET name = excluded.name,"
                " hosts = excluded.hosts, ports = excluded.ports,"
                " root_certificate = excluded.root_certificate",
                (shop, *reached, certificate),
            )
        return done

    def place(self) -> ShopPlace | None:
        """What codes say of the shop; None where there is none in this database."""
        with self._translating():
            if shop_schema.version_of(self._connection) is None:
                return None
            row = self._connection.execute(
                "SELECT name, hosts, ports, root_certificate FROM xumm_desk.shop"
            ).fetchone()
        return None if row is None else ShopPlace(row[0], tuple(row[1]), tuple(row[2]), row[3])

    def upgrade(self) -> int:
        """Bring the schema up to date; returns how many migrations ran."""
        with self._translating():
            return shop_schema.upgrade(self._connection, shop_schema.scripts())

    def add_till(
        self,
        name: str,
        role: TillRole = TillRole.TILL,
        *,
        till: str | None = None,
        life: timedelta = CODE_LIFE,
    ) -> str:
        """Make a login for a till or monitor, with the id `till` if it has one, also for one that
        left and comes back; returns the one-time code that it joins with."""
        made = _till_id(till)
        database = self._connection.info.dbname
        login = f"{shop_schema.role_prefix(database)}_{role.value}_{made.replace('-', '')[:16]}"
        groups = shop_schema.group_roles(database)
        with self._translating(), self._connection.transaction():
            row = self._connection.execute(
                "INSERT INTO xumm_desk.tills AS known (till, name, role, login)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (till) DO UPDATE"
                " SET name = excluded.name, joined_at = NULL, left_at = NULL"
                " WHERE known.left_at IS NOT NULL AND known.role = excluded.role"
                " RETURNING xmax = 0",
                (made, name, role.value, login),
            ).fetchone()
            if row is None:
                raise ShopDatabaseError(
                    Message("{till} is in this shop already. Make a new code for it.", till=made)
                )
            self._connection.execute(
                sql.SQL("{} ROLE {} LOGIN CONNECTION LIMIT {}").format(
                    sql.SQL("CREATE" if row[0] else "ALTER"),
                    sql.Identifier(login),
                    sql.Literal(_CONNECTIONS),
                )
            )
            self._connection.execute(
                sql.SQL("GRANT {} TO {}").format(
                    sql.Identifier(groups[role is TillRole.MONITOR]), sql.Identifier(login)
                )
            )
            if not row[0]:  # the other ids of one that comes back, too
                self._connection.execute(
                    "UPDATE xumm_desk.tills SET left_at = NULL WHERE login = %s", (login,)
                )
            if role is TillRole.TILL:
                self._connection.execute(
                    "INSERT INTO xumm_desk.chain_ends (till) VALUES (%s) ON CONFLICT DO NOTHING",
                    (made,),
                )
            return self._code(made, login, role, life)

    def new_code(self, till: str, *, life: timedelta = CODE_LIFE) -> str:
        """Another one-time code for a till whose code expired or whose password was lost; its
        present password is dead from now on."""
        with self._translating(), self._connection.transaction():
            row = self._connection.execute(
                "UPDATE xumm_desk.tills SET joined_at = NULL"
                " WHERE till::text = %s AND left_at IS NULL RETURNING login, role",
                (till,),
            ).fetchone()
            if row is None:
                raise _unknown(till)
            return self._code(till, row[0], TillRole(row[1]), life)

    def remove_till(self, till: str) -> None:
        """End the login of a till for ever, at once for an open connection too; its facts stay."""
        database = self._connection.info.dbname
        with self._translating(), self._connection.transaction():
            row = self._connection.execute(
                "UPDATE xumm_desk.tills SET left_at = coalesce(left_at, clock_timestamp())"
                " WHERE login = (SELECT login FROM xumm_desk.tills WHERE till::text = %s)"
                " RETURNING login",
                (till,),
            ).fetchone()
            if row is None:
                raise _unknown(till)
            login = sql.Identifier(row[0])
            self._connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(login))
            for group in shop_schema.group_roles(database):
                self._connection.execute(
                    sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(group), login)
                )
            self._connection.execute(
                "DELETE FROM xumm_desk.leases WHERE holder IN"
                " (SELECT till FROM xumm_desk.tills WHERE login = %s)",
                (row[0],),
            )

    def tills(self) -> list[TillState]:
        """All tills and monitors that the shop ever had."""
        with self._translating():
            rows = self._connection.execute(shop_rows.TILLS).fetchall()
        return [shop_rows.till_of(row) for row in rows]

    def leases(self) -> list[Lease]:
        """The leases that have not expired."""
        with self._translating():
            return [Lease(*row) for row in self._connection.execute(shop_rows.LEASES)]

    def end_of(self, till: str) -> ChainEnd | None:
        """The last fact of a till that the database has; None for a till that it does not know."""
        with self._translating():
            row = self._connection.execute(
                "SELECT number, hash FROM xumm_desk.chain_ends WHERE till::text = %s", (till,)
            ).fetchone()
        return None if row is None else ChainEnd(*row)

    def fill(self, facts: Sequence[ReplicatedFact]) -> None:
        """Add facts of any one till, of which another till has a copy: for a till that is gone,
        in a database that was made anew."""
        batch = shop_rows.consecutive(facts)
        if not batch:
            return
        with self._translating():
            self._connection.execute(*shop_rows.ship_call(batch))

    def orders(self) -> dict[str, ErasureOrder]:
        """What tills have told of erasures, by request."""
        with self._translating():
            rows = self._connection.execute(shop_rows.ORDERS).fetchall()
        return erasure_order.by_request(shop_rows.fact_of(row) for row in rows)

    def erase(self, facts: Sequence[tuple[str, int, str]]) -> int:
        """Replace the texts of facts, each given by its till, its number and what it is to say;
        returns how many said something else. Programs that cannot read this are refused from then
        on."""
        if not facts:
            return 0
        tills, numbers, texts = zip(*facts, strict=True)
        values = (list(tills), list(numbers), [shop_rows.raw(text) for text in texts])
        with self._translating():
            shop_schema.upgrade(self._connection, shop_schema.scripts())
            with self._connection.transaction():
                self._connection.execute("SELECT xumm_desk.require_erasures()")
                return self._connection.execute(shop_rows.ERASE, values).rowcount

    def _code(self, till: str, login: str, role: TillRole, life: timedelta) -> str:
        password = secrets.token_urlsafe(24)
        verifier = self._connection.pgconn.encrypt_password(
            password.encode(), login.encode(), b"scram-sha-256"
        ).decode()
        row = self._connection.execute(
            "SELECT name, hosts, ports, root_certificate,"
            ' to_char(clock_timestamp() + %s, \'YYYY-MM-DD"T"HH24:MI:SS.US"+00"\')'
            " FROM xumm_desk.shop",
            (life,),
        ).fetchone()
        if row is None:
            raise ShopDatabaseError(
                Message(
                    "There is no shop in this database yet. The owner makes it with:"
                    " xumm-desk shop init"
                )
            )
        shop, hosts, ports, certificate, until = row
        self._connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {} VALID UNTIL {}").format(
                sql.Identifier(login), sql.Literal(verifier), sql.Literal(until)
            )
        )
        database = self._connection.info.dbname
        address = ShopAddress(
            tuple(hosts), tuple(ports), database, login, till, shop, certificate,
            monitor=role is TillRole.MONITOR,
        )  # fmt: skip
        return format_code(JoinCode(address, password))

    def _own_certificate(self) -> str:
        """The text of the file of authorities that this connection was given, "" without one."""
        if not self._certificate_file or self._certificate_file == "system":
            return ""
        with suppress(OSError, UnicodeDecodeError):
            return Path(self._certificate_file).expanduser().read_text("ascii")
        return ""

    @contextmanager
    def _translating(self) -> Iterator[None]:
        with shop_connection.translating(self._connection, self._hosts):
            yield


def _parameters(where: str) -> dict[str, Any] | None:
    """The parts of a connection string, None if it is none. The error, which quotes what it could
    not read and so perhaps a password, ends here."""
    try:
        return conninfo_to_dict(where)
    except psycopg.Error:
        return None


def _till_id(given: str | None) -> str:
    try:
        return str(uuid.UUID(given) if given else uuid.uuid4())
    except ValueError:
        raise ShopDatabaseError(Message("{till} is no id of a till.", till=given)) from None


def _unknown(till: str) -> ShopDatabaseError:
    return ShopDatabaseError(
        Message("There is no till {till} in this shop, or it has left.", till=till)
    )
