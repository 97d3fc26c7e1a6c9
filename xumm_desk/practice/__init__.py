"""Knows the practice platform's public names; the rest of the program must not need more."""

from __future__ import annotations

from .customers import Delays
from .deeds import Deed, PhoneRefusedError
from .simulator import Simulator, SimulatorOptions
from .switches import Switches

__all__ = ["Deed", "Delays", "PhoneRefusedError", "Simulator", "SimulatorOptions", "Switches"]
