"""What holds for every test, with a window or without."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count

import pytest

_tests = count(1)


@pytest.fixture(autouse=True)
def nothing_is_collected_in_the_middle() -> Iterator[None]:
    """As in the program (`xumm_desk.collector`): an old window that Python finds and destroys while
    another one paints takes the process with it, whichever test that happens to be in."""
    gc.disable()
    yield
    if next(_tests) % 10 == 0:
        gc.collect()
