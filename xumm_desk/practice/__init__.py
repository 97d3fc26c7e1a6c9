"""Knows the practice platform's public names; the rest of the program must not need more."""

from __future__ import annotations

from .customers import Delays
from .deeds import PhoneAction, PhoneRefusedError
from .simulator import Simulator, SimulatorOptions
from .switches import FaultSwitches

__all__ = [
    "Delays",
    "FaultSwitches",
    "PhoneAction",
    "PhoneRefusedError",
    "Simulator",
    "SimulatorOptions",
]
