"""What was erased at one till is erased at all of them, and nothing brings it back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from postgres_shop import JoinedTill, PostgresShop

from store.history import stories
from store.history.stories import BEGIN, PAYER, sale_spec
from store.replication.running_till import RunningTill
from store.replication.test_account_facts import transaction
from xumm_desk.core.keeping.letting_go import MARK, ErasureChoices
from xumm_desk.core.replication import erasure_order
from xumm_desk.core.replication.shop_error import ShopDatabaseError, TooOld
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.history import indexing
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.journal_reader import open_for_reading
from xumm_desk.store.keeping import erasure
from xumm_desk.store.replication import catching_up, shop_erasure, shop_schema
from xumm_desk.store.replication.catching_up import ErasedThere

NOW = datetime(2027, 6, 1, tzinfo=UTC)
NOTE = "called Mrs Zyzzyva"
ALL = ErasureChoices(txid=True)
SECRETS = (PAYER, NOTE, f"{1:02X}" * 32)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is entered here is left at the end of the test."""
    with ExitStack() as made:
        yield made


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is gathered, and a lease is missed soon."""
    for name, seconds in (("LIFE", 1.5), ("RENEW", 0.2), ("_COPY_AFTER", 60.0)):
        monkeypatch.setattr(f"xumm_desk.store.replication.session.{name}", seconds)
    monkeypatch.setattr("xumm_desk.store.replication.pulling.news_time", lambda *_given: 0.0)
    monkeypatch.setattr("xumm_desk.store.replication.replicator._LONGEST_PAUSE", 0.2)


class Tills:
    """Tills of one shop, each with a file."""

    def __init__(self, shop: PostgresShop, folder: Path, *names: str) -> None:
        self.folder = folder
        self.logins = {name: shop.join(name) for name in names}

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def one(self, name: str) -> RunningTill:
        return RunningTill(self.path(name), self.logins[name])

    def run(self, stack: ExitStack, name: str) -> RunningTill:
        return stack.enter_context(self.one(name))

    def add(self, name: str, login: JoinedTill) -> None:
        self.logins[name] = login


@pytest.fixture
def tills(shop: PostgresShop, tmp_path: Path) -> Tills:
    return Tills(shop, tmp_path, "a", "b")


def sell(till: RunningTill, number: int = 1) -> str:
    """A paid sale with a note about the customer."""
    spec = sale_spec(number, note=NOTE)
    intent = make_fact(stories.BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json())
    for fact in (intent, stories.payment(spec, number, f"{number:02X}" * 32)):
        till.write(spec.identifier, fact)
    finish(till, spec.identifier)
    return spec.identifier


def finish(till: RunningTill, name: str) -> None:
    """Note that the sale is over, as the engine does."""
    till.run(
        lambda db: db.execute(
            "UPDATE requests SET status = 'paid', finished = 1 WHERE identifier = ?", (name,)
        )
    )


def late_fact(reason: str = "") -> Fact:
    """What a till finds out about the payer that no other knows."""
    value = {"account": PAYER, "reason": reason}
    return make_fact(NOW, Source.LEDGER, FactKind.REGULAR_KEY, value)  # type: ignore[arg-type]


def erase(path: Path, name: str, choices: ErasureChoices = ALL) -> None:
    report = erasure.erase(path, name, choices, ledger=True, now=NOW)
    assert (report.refused, report.told) == ((), 1)
    assert any("shop erase" in sentence for sentence in report.sentences())


def told(path: Path) -> list[str]:
    """The texts of all facts of a journal."""
    with closing(open_for_reading(path)) as db:
        return [text for (text,) in db.execute("SELECT text FROM facts")]


def holds_secrets(path: Path) -> bool:
    return any(secret in text for text in told(path) for secret in SECRETS)


def shop_holds_secrets(shop: PostgresShop) -> bool:
    rows = shop.rows("SELECT convert_from(text, 'UTF8') FROM xumm_desk.facts")
    return any(secret in text for (text,) in rows for secret in SECRETS)


def has_order(till: RunningTill) -> bool:
    rows = till.run(lambda db: db.execute("SELECT 1 FROM facts WHERE kind = 'erasure'").fetchall())
    return bool(rows)


def is_found(till: RunningTill) -> bool:
    """Whether the index of the search still holds a word of the note."""
    rows = till.run(
        lambda db: db.execute(
            "SELECT 1 FROM request_text_data WHERE instr(block, CAST('zyzzyva' AS BLOB))"
        ).fetchall()
    )
    return bool(rows)


def erase_in_shop(shop: PostgresShop, path: Path) -> ErasedThere:
    with closing(open_for_reading(path)) as db:
        return catching_up.erase_there(shop.owner, db)


def sold_at_both(tills: Tills, stack: ExitStack) -> str:
    """A sale of till a that till b knows too; both are closed afterwards."""
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        name = sell(first)
        second.until(lambda: second.contents() == first.contents())
        for till in (first, second):
            till.run(indexing.catch_up)
            assert is_found(till)
    return name


def test_what_one_till_erases_is_erased_at_the_others_and_by_the_owner_in_the_database(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    tills.add("m", shop.join("m", TillRole.MONITOR))
    name = sold_at_both(tills, stack)
    erase(tills.path("a"), name)
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        monitor = tills.run(running, "m")
        for till in (second, monitor):
            till.until(lambda till=till: has_order(till))  # type: ignore[misc]
        for till in (second, monitor):
            till.until(lambda till=till: not till.view.missing)  # type: ignore[misc]
            till.until(lambda till=till: not is_found(till))  # type: ignore[misc]
        assert first.contents() == second.contents() == monitor.contents()
    for each in "abm":
        assert not holds_secrets(tills.path(each))
        files = tills.folder.glob(f"{each}.sqlite3*")
        assert not any(b"zyzzyva" in one.read_bytes().lower() for one in files), (
            "gone from the disk"
        )
        assert verify_chain(tills.path(each)).whole, verify_chain(tills.path(each)).messages
    assert shop_holds_secrets(shop), "no till changes a fact there"
    assert erase_in_shop(shop, tills.path("b")) == ErasedThere(2, 0, 0)
    assert not shop_holds_secrets(shop)
    assert erase_in_shop(shop, tills.path("a")) == ErasedThere(0, 0, 0)


def test_a_till_that_joins_later_believes_what_was_erased_and_passes_it_on(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    erase(tills.path("a"), name)
    with tills.one("a") as first:
        first.until(lambda: first.view.connected and not first.view.unsent)
        sell(first, 2)
        first.until(lambda: not first.view.unsent)
    erase_in_shop(shop, tills.path("a"))
    tills.add("c", shop.join("c"))
    with tills.one("c") as third:
        third.until(lambda: sale_spec(2).identifier in third.requests() and has_order(third))
    assert not any(secret in text for text in told(tills.path("c")) for secret in SECRETS[2:])
    assert verify_chain(tills.path("c")).whole, verify_chain(tills.path("c")).messages


def list_payment(path: Path, at: datetime = NOW) -> None:
    """A till that is closed had found the payment of the first sale, and not whose it is."""
    raw = transaction(f"{1:02X}" * 32)
    payment = UnmatchedPayment(raw, LedgerTx.from_json(raw), "No tag.", at)
    with closing(database.connect(path)) as db:
        assert not commit_group(db, [payment], lambda: None)


def listed(path: Path) -> list[tuple[str, str, str]]:
    """The lists of payments of a journal: who paid, what the node said, and whose it is."""
    with closing(open_for_reading(path)) as db:
        return db.execute("SELECT sender, text, assigned_to FROM unmatched").fetchall()


@pytest.mark.parametrize("choices", [ErasureChoices(), ALL])
def test_who_made_a_payment_that_was_listed_without_a_request_is_erased_with_it(
    shop: PostgresShop, tills: Tills, stack: ExitStack, choices: ErasureChoices
) -> None:
    for each in "ab":
        list_payment(tills.path(each), BEGIN)
    tills.add("c", shop.join("c"))
    with tills.one("c") as away:
        away.until(lambda: away.view.connected)
    name = sold_at_both(tills, stack)
    list_payment(tills.path("c"))
    erase(tills.path("a"), name, choices)
    assert PAYER not in str(listed(tills.path("a")))
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        second.until(lambda: second.contents() == first.contents())
        second.until(lambda: any({name, SUBJECT} <= {*news.identifiers} for news in second.news))
        third = tills.run(running, "c")
        third.until(lambda: name in third.requests() and has_order(third))
        for till in (first, second, third):
            till.until(lambda: first.contents() == second.contents() == third.contents())
            till.until(lambda till=till: not till.view.unsent and not till.view.missing)  # type: ignore[misc]
    rows = shop.rows("SELECT till::text, convert_from(text, 'UTF8') FROM xumm_desk.facts")
    assert not any(PAYER in text for till, text in rows if till == tills.logins["c"].id)
    assert not erase_in_shop(shop, tills.path("b")).missing
    assert PAYER not in str(shop.rows("SELECT convert_from(text, 'UTF8') FROM xumm_desk.facts"))
    tills.add("d", shop.join("d"))
    with tills.one("d") as fourth:
        fourth.until(lambda: name in fourth.requests() and not fourth.view.missing)
        fourth.until(lambda: fourth.view.connected and len(fourth.contents()) >= len(rows) - 1)
    for each in "abcd":
        assert not any(PAYER in text for text in told(tills.path(each)))
        assert PAYER not in str(listed(tills.path(each)))
        assert {row[2] for row in listed(tills.path(each))} <= {name}
        assert verify_chain(tills.path(each)).whole, verify_chain(tills.path(each)).messages


def test_a_till_that_was_away_cannot_bring_it_back(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    with closing(database.connect(tills.path("b"))) as db:
        assert not commit_group(db, [FactRecord(name, late_fact(NOTE), "paid", True)], lambda: None)
    erase(tills.path("a"), name)
    with tills.one("a") as first:
        first.until(lambda: first.view.connected and not first.view.unsent)
    erase_in_shop(shop, tills.path("a"))
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        second.until(lambda: has_order(second) and not second.view.unsent)
        first.until(lambda: first.contents() == second.contents())
        # What it finds out now is erased before it is sent.
        second.write(name, late_fact())
        finish(second, name)
        second.until(lambda: not second.view.unsent)
    assert not holds_secrets(tills.path("b"))
    assert not holds_secrets(tills.path("a"))
    assert not shop_holds_secrets(shop)
    for each in "ab":
        assert verify_chain(tills.path(each)).whole, verify_chain(tills.path(each)).messages


def test_a_journal_restored_from_a_copy_erases_again(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    shutil.copy(tills.path("a"), tills.folder / "copy.sqlite3")
    shutil.copy(tills.path("b"), tills.folder / "copy-b.sqlite3")
    erase(tills.path("a"), name)
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        second.until(lambda: has_order(second) and not first.view.unsent)
    erase_in_shop(shop, tills.path("a"))
    for copy, each in (("copy", "a"), ("copy-b", "b")):
        shutil.copy(tills.folder / f"{copy}.sqlite3", tills.path(each))
        assert holds_secrets(tills.path(each))
        with tills.one(each) as again:
            again.until(lambda again=again: has_order(again) and not again.view.unsent)  # type: ignore[misc]
        assert not holds_secrets(tills.path(each))
        assert verify_chain(tills.path(each)).whole, verify_chain(tills.path(each)).messages
    assert not shop_holds_secrets(shop)


def test_a_database_made_anew_gets_the_chains_as_they_were(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    erase(tills.path("a"), name)
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        second.until(lambda: has_order(second))
        later = sell(first, 2)
        second.until(lambda: second.contents() == first.contents())
    before = shop.rows("SELECT till, number, hash FROM xumm_desk.facts ORDER BY till, number")
    for statement in (
        "DELETE FROM xumm_desk.facts",
        "UPDATE xumm_desk.chain_ends SET number = 0, hash = decode(repeat('00', 32), 'hex')",
    ):
        shop.rows(statement)
    with tills.one("b") as second:
        second.until(lambda: second.view.connected and not second.view.unsent)
    with closing(open_for_reading(tills.path("b"))) as db:
        gone = tills.logins["a"].id
        sent, rest = catching_up.fill(shop.owner, db, gone)
    assert rest == 0
    assert sent == 5
    after = shop.rows("SELECT till, number, hash FROM xumm_desk.facts ORDER BY till, number")
    assert after == before
    tills.add("c", shop.join("c"))
    with ExitStack() as running:
        first, third = tills.run(running, "a"), tills.run(running, "c")
        third.until(lambda: {name, later} <= third.requests() and has_order(third))
        last = sell(first, 3)
        third.until(lambda: last in third.requests())
        third.until(lambda: third.contents() == first.contents())
    assert verify_chain(tills.path("c")).whole, verify_chain(tills.path("c")).messages


def test_a_changed_amount_does_not_pass_for_an_erasure(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    erase(tills.path("a"), name)
    with tills.one("a") as first:
        first.until(lambda: first.view.connected and not first.view.unsent)
    erase_in_shop(shop, tills.path("a"))
    shop.rows(
        "UPDATE xumm_desk.facts SET text = replace(convert_from(text, 'UTF8'), '500000',"
        " '900000')::bytea WHERE convert_from(kind, 'UTF8') = 'payment'"
    )
    tills.add("c", shop.join("c"))
    with tills.one("c") as third:
        third.until(lambda: third.view.connected and bool(third.requests()))
        third.until(lambda: third.view.missing > 0)
        assert not any("900000" in text for *_, text in third.contents())


def test_a_till_neither_changes_a_text_nor_raises_what_programs_must_know(
    shop: PostgresShop, tills: Tills
) -> None:
    till = tills.logins["a"]
    facts = till.facts(2)
    shop.open(till).ship(facts)
    with till.sql() as connection:
        for statement in (
            "UPDATE xumm_desk.facts SET text = '', erased = true",
            "SELECT xumm_desk.require_erasures()",
        ):
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(statement.encode())
    with pytest.raises(ShopDatabaseError):
        shop.open(till, "another run").ship(
            [replace(fact, erased=True) for fact in tills.logins["b"].facts(1)]
        )
    assert shop.open(tills.logins["b"]).read({till.id: 0}, 9) == facts


def test_programs_that_know_no_erasures_go_on_until_there_is_one(
    shop: PostgresShop, tills: Tills, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = dict(list(shop_schema.scripts().items())[:2])
    name = sold_at_both(tills, stack)
    with monkeypatch.context() as before:
        before.setattr(shop_schema, "newest_version", lambda: max(old))
        tills.logins["b"].connect().close()
    erase(tills.path("a"), name)
    with tills.one("a") as first:
        first.until(lambda: first.view.connected and not first.view.unsent)
    erase_in_shop(shop, tills.path("a"))
    monkeypatch.setattr(shop_schema, "newest_version", lambda: max(old))
    with pytest.raises(TooOld):
        tills.logins["b"].connect()


def test_an_order_holds_nothing_of_the_customer(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    erase(tills.path("a"), name)
    with closing(open_for_reading(tills.path("a"))) as db:
        [(text,)] = db.execute("SELECT text FROM facts WHERE kind = 'erasure'").fetchall()
    order = erasure_order.read_order(text)
    assert order is not None
    assert (order.payer, order.note, order.txid) == (True, True, True)
    assert len(order.anchors) == 2
    assert not any(secret in text for secret in (*SECRETS, MARK))


def test_the_database_is_not_changed_before_it_was_told_why(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    erase(tills.path("a"), sold_at_both(tills, stack))
    assert erase_in_shop(shop, tills.path("a")) == ErasedThere(0, 0, 1)
    assert shop_holds_secrets(shop)


def test_what_two_tills_erase_at_once_adds_up(
    shop: PostgresShop, tills: Tills, stack: ExitStack
) -> None:
    name = sold_at_both(tills, stack)
    erase(tills.path("a"), name, ErasureChoices(payer=False))
    erase(tills.path("b"), name, ErasureChoices(note=False, txid=True))
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        for till in (first, second):
            till.until(lambda till=till: till.view.connected and not till.view.missing)  # type: ignore[misc]
            till.until(lambda: first.contents() == second.contents())
        first.until(lambda: not first.view.unsent and not second.view.unsent)
    for each in "ab":
        assert not holds_secrets(tills.path(each))
        assert verify_chain(tills.path(each)).whole, verify_chain(tills.path(each)).messages
    assert erase_in_shop(shop, tills.path("a")).missing == 0
    assert not shop_holds_secrets(shop)


def test_an_order_that_comes_late_into_a_new_database_is_waited_for(
    shop: PostgresShop, tills: Tills, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.replication.session._POLL", 0.3)
    name = sold_at_both(tills, stack)
    erase(tills.path("b"), name)
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        first.until(lambda: has_order(first) and not second.view.unsent)
        later = sell(first, 2)
        first.until(lambda: not first.view.unsent)
    for statement in (
        "DELETE FROM xumm_desk.facts",
        "UPDATE xumm_desk.chain_ends SET number = 0, hash = decode(repeat('00', 32), 'hex')",
    ):
        shop.rows(statement)
    with closing(open_for_reading(tills.path("a"))) as db:
        gone = tills.logins["b"].id
        tills.add("c", shop.join("c"))
        with tills.one("c") as third:
            with tills.one("a") as first:
                first.until(lambda: first.view.connected and not first.view.unsent)
            third.until(lambda: third.view.connected and third.view.missing > 0)
            assert not third.requests()
            assert catching_up.fill(shop.owner, db, gone) == (1, 0)
            third.until(lambda: third.requests() == {name, later})
            third.until(lambda: third.view.missing == 0)
    assert verify_chain(tills.path("c")).whole, verify_chain(tills.path("c")).messages


def test_a_till_tells_nothing_that_a_power_cut_may_undo(
    shop: PostgresShop, tills: Tills, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it tells about the erasure itself is on the disk before it is shipped."""
    name = sold_at_both(tills, stack)
    with closing(database.connect(tills.path("b"))) as db:
        late = FactRecord(name, late_fact(), "paid", True)
        assert not commit_group(db, [late], lambda: None)
    with tills.one("b") as second:
        second.until(lambda: second.view.connected and not second.view.unsent)
    durable = list[bool]()
    make = shop_erasure._make_durable

    def noted(db: sqlite3.Connection) -> None:
        make(db)
        durable.append(True)

    monkeypatch.setattr(shop_erasure, "_make_durable", noted)
    erase(tills.path("a"), name)
    with ExitStack() as running:
        first, second = tills.run(running, "a"), tills.run(running, "b")
        second.until(lambda: bool(durable))
        first.until(lambda: not first.view.missing and first.contents() == second.contents())
    assert not holds_secrets(tills.path("b"))
