"""Dataclasses whose methods are written at their first call are as Python makes them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from xumm_desk.core.fast_records import fast_constructor
from xumm_desk.qt import lazy_dataclasses

WRITES_SINGLY = sys.version_info < (3, 13)


@pytest.fixture(autouse=True)
def lazily() -> Iterator[None]:
    lazy_dataclasses.install()
    yield
    lazy_dataclasses.uninstall()


def define() -> type:
    """The same class each time, as it is defined at present."""

    @dataclass(frozen=True, slots=True, order=True)
    class Price:
        """An amount of something."""

        amount: int
        asset: str = "XRP"
        notes: list[str] = field(default_factory=list, hash=False)

        def __post_init__(self) -> None:
            if self.amount < 0:
                raise ValueError("less than nothing")

    return Price


def both() -> tuple[type, type]:
    lazy = define()
    lazy_dataclasses.uninstall()
    return lazy, define()


def test_every_method_answers_as_the_one_that_python_writes() -> None:
    for made in both():
        one = made(1, notes=["a"])
        assert repr(one).endswith(".Price(amount=1, asset='XRP', notes=['a'])")
        assert one == made(1, "XRP", ["a"]) != made(2, "XRP", ["a"])
        assert one != "another thing"
        assert made(1) < made(2) >= made(2)
        assert hash(one) == hash(made(1, "XRP", ["b"]))
        assert replace(one, asset="EUR") == made(1, "EUR", ["a"])
        assert copy.deepcopy(one) == one
        assert [each.name for each in fields(made)] == ["amount", "asset", "notes"]
        assert made(1).notes is not made(1).notes
        with pytest.raises(FrozenInstanceError):
            one.amount = 2
        with pytest.raises(FrozenInstanceError):
            del one.amount
        with pytest.raises(ValueError, match="less than nothing"):
            made(-1)
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'amount'"):
            made()


@pytest.mark.skipif(not WRITES_SINGLY, reason="this Python writes all methods at once")
def test_a_method_is_the_written_one_from_its_second_call_on() -> None:
    made = define()
    first = vars(made)["__init__"]
    made(1)
    assert vars(made)["__init__"] is not first
    assert vars(made)["__init__"].__qualname__ == first.__qualname__
    assert first.__get__(made(1))(2) is None, "who kept the first one can go on calling it"


def test_a_method_of_a_parent_is_written_into_the_parent() -> None:
    @dataclass
    class Parent:
        """Has a field."""

        name: str

    class Child(Parent):
        """Adds nothing."""

    assert repr(Child("a")).endswith("Child(name='a')")
    assert "__repr__" not in vars(Child)
    assert Parent("b") == Parent("b")


def test_a_fast_constructor_makes_equal_objects() -> None:
    @dataclass(frozen=True, slots=True)
    class Point:
        """Two numbers."""

        x: int
        y: int

    make = fast_constructor(Point)
    assert make(1, 2) == Point(1, 2)
    assert make(1, 2) == make(1, 2)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where pickle finds it."""

    name: str


def test_it_is_pickled_and_read_again() -> None:
    assert pickle.loads(pickle.dumps(Kept("a"))) == Kept("a")


def test_installing_twice_changes_nothing_more() -> None:
    lazy_dataclasses.install()
    lazy_dataclasses.uninstall()
    assert getattr(getattr(dataclasses, "_create_fn", None), "plain", None) is None
