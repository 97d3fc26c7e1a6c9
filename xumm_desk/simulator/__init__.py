"""Knows the practice platform's public names; the rest of the program must not need more."""

from __future__ import annotations

from xumm_desk.simulator.runtime.fault_switches import FaultSwitches

from .phone import PhoneAction, PhoneRefusedError
from .scripted_customers import Delays
from .simulator import Simulator, SimulatorOptions

__all__ = [
    "Delays",
    "FaultSwitches",
    "PhoneAction",
    "PhoneRefusedError",
    "Simulator",
    "SimulatorOptions",
]
