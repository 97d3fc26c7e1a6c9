"""How a window has work done that nobody waits for; must not know who does it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

StartTask = Callable[[Coroutine[Any, Any, Any], str], object]
"""Starts a coroutine under a name, as the program's task owner does."""
