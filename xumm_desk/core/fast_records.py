"""Fast constructors and changes of frozen dataclasses, of which a flood makes thousands.

A frozen dataclass is written field by field through a function, at three to seven times the cost
of an ordinary one. Here a mutable class of the same layout is written, and then gets the frozen
class (`tests/benchmarks`, loaded CPU).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def mutable_twin(record: type[Any]) -> Any:
    """A mutable class with the fields and the layout of `record`, whose objects become frozen by
    getting the class `record`. `record` must be a dataclass with slots and without
    `__post_init__`."""
    names = [one.name for one in fields(record)]
    return make_dataclass("Twin", names, slots=True, eq=False, repr=False)


def fast_constructor(record: Callable[P, T]) -> Callable[P, T]:
    """A constructor for `record` (see `mutable_twin`) that takes all values in the order of the
    fields."""
    twin = mutable_twin(cast(type[Any], record))

    def make(*values: object) -> T:
        draft = twin(*values)
        draft.__class__ = record
        made: T = draft  # a `cast` would be a call, for each of thousands
        return made

    return cast(Callable[P, T], make)


def fast_replace(record: type[T]) -> Callable[..., T]:
    """What `dataclasses.replace` does for objects of `record` (see `mutable_twin`), at an eighth of
    its cost. A name that is no field raises `AttributeError`."""
    twin = mutable_twin(record)
    values_of = attrgetter(*(one.name for one in fields(twin)))

    def replace(known: T, **changes: object) -> T:
        draft = twin(*values_of(known))
        for name, value in changes.items():
            setattr(draft, name, value)
        draft.__class__ = record
        changed: T = draft
        return changed

    return replace
