"""Put the version that is being built into `xumm_desk/version.py` of a wheel.

The program reads its version from there: asking the installed package's metadata would cost the
start ten milliseconds, and a frozen program has none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_MODULE = '"""The program\'s version."""\n\n__version__ = "{version}"\n'


class VersionHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling; the name does not matter to it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Replace the module; an editable install keeps that of the checkout."""
        if version == "editable":
            return
        made = Path(self.root) / "build" / "version" / "version.py"
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(_MODULE.format(version=self.metadata.version), "utf-8")
        build_data["force_include"][str(made)] = "xumm_desk/version.py"
