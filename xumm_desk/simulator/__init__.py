"""The practice platform: a Xumm platform, a ledger and customers on this computer.

Start with `simulator`. It shares no code with the client: no error of one can hide in the other.
"""

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
