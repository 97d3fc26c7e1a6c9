"""Put the compiled catalogues and the version into the wheel; hatchling starts this for each one.

The program reads its version from `xumm_desk/version.py`: asking the installed package's metadata
would cost the start ten milliseconds, and a frozen program has none.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_VERSION_MODULE = '"""The program\'s version."""\n\n__version__ = "{version}"\n'


class WheelHook(BuildHookInterface[Any]):
    """Makes an `.mo` of each `.po`, which Git does not know and the wheel would else leave out, and
    replaces the module with the version by one with that of the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the files are gathered; `version` is "editable" for a checkout, which keeps
        its own module."""
        command = Path(self.root) / "packaging" / "catalogue.py"
        subprocess.run([sys.executable, str(command), "compile"], check=True)
        build_data["artifacts"].append("xumm_desk/locale/**/*.mo")
        if version == "editable":
            return
        made = Path(self.root) / "build" / "version" / "version.py"
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(_VERSION_MODULE.format(version=self.metadata.version), "utf-8")
        build_data["force_include"][str(made)] = "xumm_desk/version.py"
