"""Have Python write the methods of a dataclass when they are first called, not when it is defined.

`dataclass` writes up to six methods of every class as text and compiles each by itself: 0.5 ms a
class, and a start defines 240 of them, most of which make no object before the window is there.
That was a third of the time that the program's own modules took to load. A method that was called
once is the one that Python would have written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

_WRITER: Final = "_create_fn"
"""What writes and compiles one method, in Python 3.11 and 3.12. Later ones write all methods of a
class at once; there nothing is changed."""


def install() -> None:
    """Do so for the dataclasses that are defined from now on."""
    write = getattr(dataclasses, _WRITER, None)
    if isinstance(write, FunctionType) and write.__module__ == dataclasses.__name__:
        setattr(dataclasses, _WRITER, _lazy(write))


def uninstall() -> None:
    """Define later dataclasses as Python does."""
    write = getattr(dataclasses, _WRITER, None)
    if plain := getattr(write, "plain", None):
        setattr(dataclasses, _WRITER, plain)


def _lazy(write: Callable[..., Any]) -> Callable[..., Any]:
    def promise(name: str, *text: Any, **context: Any) -> Callable[..., Any]:
        written: Callable[..., Any] | None = None

        def method(self: object, *values: Any, **named: Any) -> Any:
            nonlocal written
            if written is None:
                written = write(name, *text, **context)
                written.__qualname__ = method.__qualname__
                for owner in type(self).__mro__:
                    if owner.__dict__.get(name) is method:
                        setattr(owner, name, written)
            return written(self, *values, **named)

        method.__name__ = name
        return method

    promise.plain = write  # type: ignore[attr-defined]
    return promise
