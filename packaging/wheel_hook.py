"""Put the compiled catalogues into the wheel; hatchling starts this while it builds one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface[Any]):
    """Makes an `.mo` of each `.po`, which Git does not know and the wheel would else leave out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called before the files are gathered."""
        command = Path(self.root) / "packaging" / "catalogue.py"
        subprocess.run([sys.executable, str(command), "compile"], check=True)
        build_data["artifacts"].append("xumm_desk/locale/**/*.mo")
