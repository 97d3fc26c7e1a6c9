"""Write what a frozen program is made of as CycloneDX: dist/xumm-desk.cdx.json.

    python3 packaging/installers/sbom.py

cyclonedx-bom lists the environment that `freeze.py` freezes. Python and the native libraries in the
folder, which are no packages, are added from the table of `licences.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import build_environments
import licences
from build_environments import DIST, PROGRAM_ENV, ROOT

SBOM = DIST / "xumm-desk.cdx.json"
INSIDE = DIST / "xumm-desk" / "_internal"


def native_components(names: list[str]) -> list[dict[str, Any]]:
    """The native libraries as components, with the licence of each."""
    found = []
    for name in names:
        entry = licences.native_entry(name)
        if entry is None:
            raise SystemExit(f"{name} is in no table of licences")
        project, licence = entry
        found.append(
            {
                "type": "library",
                "bom-ref": f"file:{name}",
                "name": name,
                "description": f"brought along: {project}",
                "licenses": [{"expression": licence}],
            }
        )
    return found


def interpreter() -> dict[str, Any]:
    """Python itself."""
    version = ".".join(map(str, sys.version_info[:3]))
    return {
        "type": "platform",
        "bom-ref": f"python:{version}",
        "name": "CPython",
        "version": version,
        "licenses": [{"license": {"id": "PSF-2.0"}}],
    }


def is_left_out(name: str) -> bool:
    """Whether it is in the environment and not in the program."""
    return name.lower() in licences.NOT_FROZEN


def program_version(python: Path) -> str:
    """The version of the program in that environment."""
    code = "from xumm_desk.version import __version__ as made; print(made)"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write() -> Path:
    """Write it for the environment as it is, and for the folder if that is there."""
    tools = build_environments.make_tools()
    python = build_environments.python_of(PROGRAM_ENV)
    made = build_environments.BUILD / "environment.cdx.json"
    build_environments.run(
        tools,
        "-m",
        "cyclonedx_py",
        "environment",
        python,
        "--pyproject",
        ROOT / "pyproject.toml",
        "--mc-type",
        "application",
        "--output-reproducible",
        "--spec-version",
        "1.6",
        "--output-format",
        "JSON",
        "--output-file",
        made,
    )
    value = json.loads(made.read_text("utf-8"))
    left_out = {one["bom-ref"] for one in value["components"] if is_left_out(one["name"])}
    value["components"] = [one for one in value["components"] if one["bom-ref"] not in left_out]
    value["dependencies"] = [one for one in value["dependencies"] if one["ref"] not in left_out]
    value["metadata"]["component"]["version"] = program_version(python)
    value["components"] += [interpreter(), *native_components(licences.native_names(INSIDE))]
    SBOM.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return SBOM


def main() -> int:
    """Write it, and have it checked against the schema."""
    if not build_environments.python_of(PROGRAM_ENV).exists():
        print("Freeze first: python3 packaging/installers/freeze.py", file=sys.stderr)
        return 2
    path = write()
    code = (
        "import sys; from cyclonedx.schema import SchemaVersion;"
        "from cyclonedx.validation.json import JsonStrictValidator as V;"
        "found = V(SchemaVersion.V1_6).validate_str(open(sys.argv[1], encoding='utf-8').read());"
        "sys.exit(str(found) if found else 0)"
    )
    build_environments.run(
        build_environments.python_of(build_environments.TOOLS_ENV), "-c", code, path
    )
    count = len(json.loads(path.read_text("utf-8"))["components"])
    print(f"{path.relative_to(ROOT)}: {count} components, valid CycloneDX 1.6")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
