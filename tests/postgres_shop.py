"""A shop in a database of its own on a test server, with tills that have joined it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import psycopg
from postgres_cluster import PostgresCluster

from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact, chained
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.store.replication import joining, shop_database, shop_owner
from xumm_desk.store.replication.shop_database import ShopDatabase

PATIENCE = 60.0
_numbers = count(1)


class JoinedTill:
    """The login of a till or monitor."""

    def __init__(self, address: ShopAddress, password: str) -> None:
        self.address = address
        self.password = password
        self.end = ChainEnd()

    @property
    def id(self) -> str:
        return self.address.till

    def connect(self, instance: str = "first run", patience: float = PATIENCE) -> ShopDatabase:
        return shop_database.connect(
            self.address, self.password, instance=instance, patience=patience
        )

    def sql(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A plain connection with this login, as somebody has it who took the password."""
        address = self.address
        return psycopg.connect(
            host=address.hosts[0], port=address.ports[0], dbname=address.database,
            user=address.login, password=self.password, autocommit=True,
        )  # fmt: skip

    def facts(self, how_many: int, text: str = "{}") -> list[ReplicatedFact]:
        """The next facts of this till."""
        first = self.end.number + 1
        made = chained(
            self.id,
            self.end,
            [
                (f"request-{n}", "2026-11-30T12:00:00+00:00", "socket", "frame", text)
                for n in range(first, first + how_many)
            ],
        )
        self.end = ChainEnd(made[-1].number, made[-1].hash) if made else self.end
        return made


class PostgresShop:
    """Made by the fixture `shop`."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self.cluster = cluster
        number = next(_numbers)
        self.database, self.owner_login = f"shop{number}", f"owner{number}"
        # No superuser: what a managed service gives to whoever rents it.
        cluster.execute(f"CREATE ROLE {self.owner_login} LOGIN CREATEROLE")
        cluster.execute(f"CREATE DATABASE {self.database}")
        cluster.execute(f"GRANT CREATE ON DATABASE {self.database} TO {self.owner_login}")
        self.owner = shop_owner.open_owner(self.where, patience=PATIENCE)
        self.owner.create("Corner shop", hosts=["127.0.0.1"], ports=[cluster.port])
        self._open: list[ShopDatabase] = []

    @property
    def where(self) -> str:
        """The owner's connection string."""
        return self.cluster.where(self.database, self.owner_login)

    def join(self, name: str = "Till 1", role: TillRole = TillRole.TILL) -> JoinedTill:
        """A till or monitor that has used its one-time code."""
        code = joining.read_code(self.owner.add_till(name, role))
        return JoinedTill(*joining.join(code, patience=PATIENCE))

    def open(self, till: JoinedTill, instance: str = "first run") -> ShopDatabase:
        """A connection that is closed at the end of the test."""
        made = till.connect(instance)
        self._open.append(made)
        return made

    def opened(
        self, name: str = "Till 1", role: TillRole = TillRole.TILL
    ) -> tuple[JoinedTill, ShopDatabase]:
        """A new till or monitor with its connection."""
        till = self.join(name, role)
        return till, self.open(till)

    def rows(self, statement: str) -> Sequence[tuple[Any, ...]]:
        """What a superuser sees in the database."""
        return self.cluster.execute(statement, self.database)

    def remove(self) -> None:
        for one in self._open:
            one.close()
        with suppress(ShopDatabaseError):
            self.owner.close()
        if self.cluster.is_running:
            self.cluster.execute(f"DROP DATABASE {self.database} WITH (FORCE)")
