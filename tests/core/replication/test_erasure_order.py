"""An order to erase is read as it was written, and vouches for the facts that it names alone."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.erasure_order import (
    KIND,
    SOURCE,
    ErasureOrder,
    by_request,
    digest,
    joined,
    order_text,
    read_order,
)
from xumm_desk.core.replication.replicated_fact import (
    ChainEnd,
    ChainFault,
    ReplicatedFact,
    chained,
    columns_of,
    follow,
)

NAMES = st.tuples(st.text(max_size=8), st.integers(0, 2**40))
DIGESTS = st.frozensets(st.binary(min_size=32, max_size=32), min_size=1, max_size=3)
ORDERS = st.builds(
    ErasureOrder,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.from_regex("r[a-z]{5}", fullmatch=True), max_size=3),
    st.dictionaries(NAMES, DIGESTS, max_size=4),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
ROWS = st.lists(st.tuples(*[st.text(max_size=6)] * 5), min_size=1, max_size=8)


@given(ORDERS)
def test_what_is_written_is_read_again(order: ErasureOrder) -> None:
    assert read_order(order_text(order)) == order


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    read_order(text)


@given(st.sampled_from(["payer", "note", "txid", "shop", "anchors"]), JSON)
def test_no_value_makes_it_raise(name: str, value: object) -> None:
    found = read_order(json.dumps({name: value}))
    assert found is not None
    assert read_order(json.dumps({"anchors": [value, ["a", 1, value], [value, 1, "00"]]}))


@given(st.lists(ORDERS, max_size=4), st.data())
def test_orders_add_up_in_any_order_and_however_often(
    orders: list[ErasureOrder], data: st.DataObject
) -> None:
    several = data.draw(st.permutations([*orders, *orders]))
    whole = joined(orders)
    assert joined(several) == whole
    assert joined([whole, *orders]) == whole
    assert all(whole.choices.payer >= one.choices.payer for one in orders)
    assert not whole.choices.copies


def order_fact(order: ErasureOrder, identifier: str) -> ReplicatedFact:
    return ReplicatedFact("a", 1, identifier, "", SOURCE, KIND, order_text(order), b"")


@given(ORDERS, ORDERS)
def test_orders_are_found_by_their_requests(one: ErasureOrder, other: ErasureOrder) -> None:
    facts = [order_fact(one, "x"), order_fact(other, "y"), order_fact(other, "x")]
    noise = replace(facts[0], kind="payment")
    assert by_request([*facts, noise]) == {"x": joined([one, other]), "y": other}


@given(ROWS, st.data())
def test_an_erased_fact_keeps_its_place_in_the_chain_only_as_an_order_says(
    rows: list[tuple[str, str, str, str, str]], data: st.DataObject
) -> None:
    facts = chained("a", ChainEnd(), rows)
    place = data.draw(st.integers(0, len(facts) - 1))
    changed = replace(facts[place], text=facts[place].text + "erased")
    facts[place] = changed
    name = (changed.till, changed.number)
    right = frozenset({digest(*name, columns_of(changed))})
    order = ErasureOrder(anchors={name: right})
    fresh, end, fault = follow(ChainEnd(), facts, order.vouches)
    assert fault is None
    assert fresh == facts
    assert [one.erased for one in fresh] == [one is changed for one in facts]
    assert end.number == len(facts)
    assert follow(ChainEnd(), facts)[2] is ChainFault.CHANGED
    again = replace(changed, text=changed.text + "!")
    assert follow(ChainEnd(), [*facts[:place], again], order.vouches)[2] is ChainFault.CHANGED
