"""The simulator shares no code with the client: no error of one can hide in the other."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "xumm_desk"
SIMULATOR = "xumm_desk.simulator"
STARTER = "xumm_desk.cli.parser"
"""The one module that may import the simulator: it runs `xumm-desk simulator`."""


def parts() -> set[str]:
    """Every module and package directly below `xumm_desk`."""
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return {f"xumm_desk.{name}" for name in files | folders}


def contracts() -> list[dict[str, Any]]:
    """The import contracts of `pyproject.toml`."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_the_contracts_name_every_part_of_the_client() -> None:
    client = parts() - {SIMULATOR}
    of_simulator = [c for c in contracts() if c.get("source_modules") == [SIMULATOR]]
    assert [set(c["forbidden_modules"]) for c in of_simulator] == [client]
    of_client = [c for c in contracts() if c.get("forbidden_modules") == [SIMULATOR]]
    assert [set(c["source_modules"]) for c in of_client] == [client]


def test_an_import_of_any_part_is_reported(tmp_path: Path) -> None:
    copied = shutil.copytree(PACKAGE, tmp_path / "xumm_desk", ignore=lambda *_: ["__pycache__"])
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    client = sorted(parts() - {SIMULATOR})
    with (copied / "simulator" / "runtime" / "clock.py").open("a", encoding="utf-8") as out:
        out.writelines(f"import {name}\n" for name in client)
    linter = Path(sys.executable).with_name("lint-imports" + Path(sys.executable).suffix)
    run = subprocess.run(
        [linter, "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 1
    said = " ".join(run.stdout.split())
    for name in client:
        assert f"{SIMULATOR} is not allowed to import {name}:" in said
        assert f"{SIMULATOR}.runtime.clock -> {name} (" in said


def test_no_module_of_the_simulator_reaches_out_of_its_package() -> None:
    """The linter cannot forbid the root package, and `from xumm_desk import open_desk` imports
    nothing else by name."""
    for path in (PACKAGE / "simulator").glob("**/*.py"):
        above = len(path.relative_to(PACKAGE / "simulator").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level <= above, f"{path.name}: line {node.lineno}"
                names = [node.module or ""] if node.level == 0 else []
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            foreign = [n for n in names if n.split(".")[0] == "xumm_desk"]
            assert all((n + ".").startswith(SIMULATOR + ".") for n in foreign), path.name


def test_a_running_simulator_has_loaded_nothing_of_the_client() -> None:
    code = "import sys, xumm_desk.simulator.__main__\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    ours = {name for name in run.stdout.split() if name.split(".")[0] == "xumm_desk"}
    # The root package comes with any of its modules, and brings its version along.
    outside = {name for name in ours if name != SIMULATOR and not name.startswith(SIMULATOR + ".")}
    assert outside == {"xumm_desk", "xumm_desk.version"}
