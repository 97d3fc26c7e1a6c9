"""Load a program of `packaging/`, which is a folder of programs and not a package, as a module."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any, Final

PACKAGING: Final = Path(__file__).resolve().parents[1] / "packaging"


def load_program(name: str) -> Any:
    """The module of `packaging/{name}.py`, made anew; `name` may begin with a folder."""
    known = f"xumm_desk_packaging_{name.replace('/', '_')}"
    spec = importlib.util.spec_from_file_location(known, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[known] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module
