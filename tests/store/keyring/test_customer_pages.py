"""Returning customers in the keyring: by platform and application, bounded, deleted for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.customers.customer import MAX_NICKNAME, Customer, clean_nickname
from xumm_desk.store.keyring import customer_pages
from xumm_desk.store.keyring.customer_pages import CustomerPages, delete_customers
from xumm_desk.store.keyring.secrets import KeyringError

HOST, KEY, OTHER_KEY = "xumm.app", "key-1", "key-2"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
WINDOWS_BYTES = 2560


def token(number: int) -> str:
    return f"6dd90000-aaaa-4bbb-8ccc-{number:012x}"


def person(nickname: str, number: int = 1, days: int = 30) -> Customer:
    return Customer(nickname, token(number), NOW + timedelta(days=days), NOW)


class Locked(MemoryKeyring):
    """A keyring whose owner refuses, and whose errors repeat what they were given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"{service} {username} is locked, {token(1)}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.PasswordSetError(f"{service} {username} {password}")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


def names(pages: CustomerPages) -> list[str]:
    return sorted(one.nickname for one in pages.load(NOW))


def test_what_is_kept_is_there_at_the_next_start(ring: MemoryKeyring) -> None:
    anna, ben = person("Anna", 1), Customer("Ben", token(2), NOW + timedelta(days=1))
    CustomerPages(HOST, KEY).save([anna, ben])
    assert sorted(CustomerPages(HOST, KEY).load(NOW), key=lambda one: one.nickname) == [anna, ben]


def test_a_token_belongs_to_one_platform_and_one_application(ring: MemoryKeyring) -> None:
    CustomerPages(HOST, KEY).save([person("Anna")])
    assert names(CustomerPages(HOST, OTHER_KEY)) == []
    assert names(CustomerPages("other.example", KEY)) == []
    assert names(CustomerPages(HOST, KEY)) == ["Anna"]
    assert not any(KEY in name for _, name in ring.kept), "the key itself is in no name"


def test_forgetting_leaves_nothing_behind(ring: MemoryKeyring) -> None:
    pages = CustomerPages(HOST, KEY)
    pages.save([person("Anna", 1), person("Ben", 2)])
    pages.remove(["ANNA"])
    assert names(pages) == ["Ben"]
    everything = repr(ring.kept)
    assert "Anna" not in everything
    assert token(1) not in everything
    pages.remove(["Ben", "nobody"])
    assert ring.kept == {}


def test_saving_again_replaces_by_nickname(ring: MemoryKeyring) -> None:
    pages = CustomerPages(HOST, KEY)
    pages.save([person("Anna", 1)])
    pages.save([person("anna", 2)])
    assert pages.load(NOW) == [person("anna", 2)]


def test_each_entry_is_small_enough_for_every_keyring_and_their_number_is_bounded(
    ring: MemoryKeyring,
) -> None:
    pages = CustomerPages(HOST, KEY)
    many = [person("👍" * (MAX_NICKNAME - 4) + f"{n:04}", n) for n in range(900)]
    pages.save(many[:350])
    with pytest.raises(KeyringError, match="full"):
        pages.save(many)
    assert len(pages.load(NOW)) == 350, "what does not fit as a whole changes nothing"
    assert max(len(text.encode("utf-16-le")) for text in ring.kept.values()) <= WINDOWS_BYTES


@pytest.mark.parametrize(
    "text", ["", "text", "{}", "[1]", '[["x"]]', '[["x","y",1,1]]', "[" * 9999]
)
def test_a_damaged_entry_is_read_as_far_as_it_can_be(ring: MemoryKeyring, text: str) -> None:
    pages = CustomerPages(HOST, KEY)
    pages.save([person("Anna")])
    place = next(name for name in ring.kept if name[1].endswith(" 0"))
    ring.kept[place] = text
    assert names(pages) == []
    pages.save([person("Ben")])
    assert names(pages) == ["Ben"]


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, Locked], ids=["fail", "locked"])
def test_a_keyring_that_is_missing_or_locked_is_said_without_its_secrets(
    ring: MemoryKeyring, backend: Callable[[], keyring.backend.KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    pages = CustomerPages(HOST, KEY)
    for call in (
        lambda: pages.load(NOW),
        lambda: pages.save([person("Anna")]),
        lambda: pages.remove(["Anna"]),
    ):
        with pytest.raises(KeyringError, match="kept in plain text") as refused:
            call()
        assert token(1) not in str(refused.value)


def test_what_earlier_versions_kept_without_being_asked_is_deleted(ring: MemoryKeyring) -> None:
    ring.kept["xumm-desk", f"{HOST} customers 7"] = f'[["one", "{token(1)}", null]]'
    ring.kept["xumm-desk", HOST] = "the keys"
    assert names(CustomerPages(HOST, KEY)) == []
    assert ring.kept == {("xumm-desk", HOST): "the keys"}


def test_tokens_of_another_application_go_when_their_time_is_over(ring: MemoryKeyring) -> None:
    CustomerPages(HOST, OTHER_KEY).save([person("Anna", 1, days=3), person("Ben", 2, days=5)])
    CustomerPages(HOST, KEY).load(NOW + timedelta(days=4))
    assert names(CustomerPages(HOST, OTHER_KEY)) == ["Anna", "Ben"]
    CustomerPages(HOST, KEY).load(NOW + timedelta(days=6))
    assert ring.kept == {}


def test_with_the_keys_all_customers_of_the_platform_go(ring: MemoryKeyring) -> None:
    for key in (KEY, OTHER_KEY):
        CustomerPages(HOST, key).save([person(f"{n}", n) for n in range(40)])
    CustomerPages("other.example", KEY).save([person("Anna")])
    delete_customers(HOST)
    assert not any(name.startswith(HOST) for _, name in ring.kept)
    assert names(CustomerPages("other.example", KEY)) == ["Anna"]


def test_a_customer_who_moves_to_another_page_is_never_lost(
    ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_pages, "PAGE_BYTES", 320)
    pages = CustomerPages(HOST, KEY)
    pages.save([person("a", 1), person("b", 2), person("c", 3)])
    written: list[set[str]] = []
    write = customer_pages._write

    def noting(name: str, text: str) -> None:
        write(name, text)
        written.append({one.nickname for one in CustomerPages(HOST, KEY).load(NOW)})

    monkeypatch.setattr(customer_pages, "_write", noting)
    pages.save([Customer("A\u0301" * 14, token(1), NOW + timedelta(days=30))])
    pages.save([person("b", 9)])
    assert all({"b", "c"} <= seen for seen in written)


NICKNAMES = st.text(min_size=1, max_size=MAX_NICKNAME).map(clean_nickname).filter(bool)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["save", "remove"]), NICKNAMES), max_size=25))
def test_the_keyring_holds_what_a_dictionary_would(steps: list[tuple[str, str]]) -> None:
    with memory_keyring() as memory:
        pages, model = CustomerPages(HOST, KEY), dict[str, Customer]()
        for number, (verb, nickname) in enumerate(steps):
            one = person(nickname[:MAX_NICKNAME], number)
            if verb == "save":
                pages.save([one])
                model[one.key] = one
            else:
                pages.remove([nickname])
                model.pop(one.key, None)
            assert {found.key: found for found in pages.load(NOW)} == model
        pages.remove([one.nickname for one in model.values()])
        assert memory.kept == {}
