"""Fast changes of frozen dataclasses make what the slow ones of the library make."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from xumm_desk.core.fast_records import fast_replace
from xumm_desk.core.state.lifecycle import Request, replace

from .builders import apply_all, at, created, frame, make_order

REQUEST = apply_all(make_order(), created(), frame('{"opened":true}', 3))


@pytest.mark.parametrize("name", [one.name for one in dataclasses.fields(Request)])
def test_each_field_changes_as_by_the_library(name: str) -> None:
    changes: dict[str, Any] = {name: "another"}
    made = replace(REQUEST, **changes)
    assert made == dataclasses.replace(REQUEST, **changes)
    assert type(made) is Request
    assert getattr(REQUEST, name) != "another"


def test_the_result_is_frozen() -> None:
    made = replace(REQUEST, closed=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.closed = False  # type: ignore[misc]


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(AttributeError):
        replace(REQUEST, no_field=at(1))


def test_several_fields_change_together() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Pair:
        first: int
        second: int = 2

    assert fast_replace(Pair)(Pair(1), first=3, second=4) == Pair(3, 4)
