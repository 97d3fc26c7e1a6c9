"""A till for tests: a journal on a file, and a replicator on a real database."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from postgres_shop import JoinedTill

from store.history import stories
from store.history.stories import sale_spec
from xumm_desk.core.replication.shop_news import ShopNews
from xumm_desk.core.replication.shop_view import ShopView, TillView
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.replication.replicator import Replicator

PATIENCE = 120.0


class RunningTill:
    """Runs in the block, or from `start` to `stop`."""

    def __init__(self, path: Path, login: JoinedTill, *, instance: str = "run") -> None:
        self.path, self.login = path, login
        self.view = ShopView()
        self.news: list[ShopNews] = []
        self._db = database.connect(path)
        self._db.execute("PRAGMA synchronous = OFF")
        self._one = threading.Lock()
        self._changed = threading.Condition()
        self._shop: Any = None
        self._instance = instance
        self.replicator = Replicator(
            self._open,
            self.run,
            ledger=True,
            version="test",
            on_facts=self._on_facts,
            on_view=self._on_view,
        )

    def __enter__(self) -> RunningTill:
        self.replicator.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.replicator.stop(PATIENCE)
        self._db.close()

    def run(self, job: Callable[[sqlite3.Connection], Any]) -> Any:
        """Run something on the journal's connection."""
        with self._one:
            return job(self._db)

    def sell(self, number: int) -> str:
        """Make a request; its name."""
        spec = sale_spec(number)
        self.write(
            spec.identifier,
            make_fact(stories.BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json()),
        )
        return spec.identifier

    def write(self, identifier: str, fact: Fact) -> None:
        """Write a fact as the engine does."""
        with self._one:
            assert not commit_group(self._db, [FactRecord(identifier, fact)], lambda: None)
        self.replicator.wake()

    def requests(self) -> set[str]:
        """The names of all that it knows."""
        found = self.run(lambda db: db.execute("SELECT identifier FROM requests").fetchall())
        return {row[0] for row in found}

    def contents(self) -> set[tuple[str, ...]]:
        """All its facts, without their numbers."""
        rows = self.run(
            lambda db: db.execute(
                "SELECT identifier, at, witness, kind, text FROM facts"
            ).fetchall()
        )
        return set(rows)

    def until(self, seen: Callable[[], bool]) -> None:
        """Wait until it is so; asked again with whatever comes."""
        end = time.monotonic() + PATIENCE
        # Not under the lock: what is asked may need an answer of the replicator's thread.
        while not seen():
            assert time.monotonic() < end, (self.view, self.requests())
            with self._changed:
                self._changed.wait(0.1)

    def other(self, login: JoinedTill) -> TillView:
        """Another till as this one sees it, once it does."""
        self.until(lambda: any(one.till == login.id for one in self.view.tills))
        return next(one for one in self.view.tills if one.till == login.id)

    def vanish(self) -> None:
        """End as a power cut does: nothing is given back."""
        self.replicator._closing.set()
        with suppress(OSError):
            self._shop._connection.pgconn.finish()
        self.replicator.stop(PATIENCE)

    def _open(self) -> Any:
        self._shop = self.login.connect(self._instance)
        return self._shop

    def _on_facts(self, news: ShopNews) -> None:
        with self._changed:
            self.news.append(news)
            self._changed.notify_all()

    def _on_view(self, view: ShopView) -> None:
        with self._changed:
            self.view = view
            self._changed.notify_all()
