"""Where a shop's database is: read as it was written, whatever a file or a person says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.shop_address import (
    ShopAddress,
    format_address,
    is_local,
    parse_address,
    parse_hosts,
)

ONE = ShopAddress(
    ("db1", "db2"), (5432, 5433), "shop", "shop_till_1", "a-till", "Corner shop", "PEM"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def test_an_address_is_read_as_it_was_written() -> None:
    assert parse_address(format_address(ONE)) == ONE


@pytest.mark.parametrize("monitor", [False, True])
def test_whether_it_is_a_monitors_is_kept(monitor: bool) -> None:
    address = replace(ONE, monitor=monitor)
    assert parse_address(format_address(address)) == address


@pytest.mark.parametrize("role", [None, "till", "owner", True, ["monitor"], "Monitor", ""])
def test_whatever_else_is_said_of_the_role_is_a_tills(role: object) -> None:
    found = json.loads(format_address(ONE))
    assert "role" not in found  # as older versions wrote it
    address = parse_address(json.dumps({**found, "role": role}))
    assert address == ONE


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_none(text: str) -> None:
    assert parse_address(text) is None


@given(st.sampled_from(["hosts", "ports", "database", "login", "till", "shop", "role"]), JSON)
def test_a_field_of_any_other_kind_is_not_taken(field: str, value: object) -> None:
    found = json.loads(format_address(ONE))
    found[field] = value
    address = parse_address(json.dumps(found))
    assert address is None or len(address.hosts) == len(address.ports) > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("db.example", (("db.example",), (5432,))),
        ("db1:6432, db2", (("db1", "db2"), (6432, 5432))),
        ("/run/postgresql", (("/run/postgresql",), (5432,))),
        ("[2001:db8::1]:6432,2001:db8::2", (("2001:db8::1", "2001:db8::2"), (6432, 5432))),
        ("[::1]", (("::1",), (5432,))),
        ("", None),
        ("db:", None),
        ("db:x", None),
        ("db:0", None),
        ("db:70000", None),
        ("db:²", None),
        ("a b", None),
        ("db1,,db2", None),
    ],
)
def test_hosts_as_a_person_writes_them(
    text: str, expected: tuple[tuple[str, ...], tuple[int, ...]] | None
) -> None:
    assert parse_hosts(text) == expected


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.3.2.1", "::1", "/run/postgresql", "@x"]
)
def test_the_computer_itself_is_local(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    ["db.example", "10.0.0.1", "localhost.example", "127.0.0.1.example", "0.0.0.0", "", "::2"],
)
def test_another_computer_is_not_local(host: str) -> None:
    assert not is_local(host)
    assert not ShopAddress(("localhost", host), (1, 2), "d", "l", "t", "s").is_local
