"""Build the user guide as a site, and check its links.

    python3 packaging/site/build_site.py
    python3 packaging/site/build_site.py lock

The first one makes an environment of its own in build/site-env out of requirements.lock
(mkdocs-material is not among the tools of development), and the site in build/site. It needs the
standard library of Python 3.11 only. The second one makes the lock again, with `uv` on the path.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
PAGES: Final = ROOT / "resources" / "help"
LOCK: Final = HERE / "requirements.lock"
BUILD: Final = ROOT / "build"
SITE: Final = BUILD / "site"
ENVIRONMENT: Final = BUILD / "site-env"

_GROUP: Final = re.compile(r"## (.+)")
_ENTRY: Final = re.compile(r"\* \[([^\]]+)\]\(([^)#]+)\)")


def navigation(contents: str) -> list[dict[str, Any]]:
    """The order of the pages, as the contents page has it."""
    found: list[dict[str, Any]] = [{"Contents": "index.md"}]
    for line in contents.splitlines():
        if (group := _GROUP.fullmatch(line)) is not None:
            found.append({group[1]: []})
        elif (entry := _ENTRY.fullmatch(line)) is not None:
            [pages] = found[-1].values()
            pages.append({entry[1]: entry[2]})
    return found


def configuration() -> dict[str, Any]:
    """What the building adds to mkdocs.yml; JSON is YAML too."""
    return {
        "INHERIT": str(HERE / "mkdocs.yml"),
        "docs_dir": str(PAGES),
        "site_dir": str(SITE),
        "nav": navigation((PAGES / "index.md").read_text("utf-8")),
    }


def make_environment() -> Path:
    """The environment's Python; made anew when the lock has changed."""
    windows = os.name == "nt"
    python = ENVIRONMENT / ("Scripts/python.exe" if windows else "bin/python")
    stamp = ENVIRONMENT / "stamp"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([python, *install, "--only-binary", ":all:", "-r", LOCK], check=True)
    stamp.write_text(wanted, "utf-8")  # last: an environment without it is not whole
    return python


def make_lock() -> int:
    """Resolve the tools for all systems, with hashes and without addresses, as the other locks."""
    command = ["uv", "pip", "compile", "packaging/site/requirements.in", "--universal", "--quiet"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links"]
    return subprocess.call([*command, "--output-file", str(LOCK.relative_to(ROOT))], cwd=ROOT)


def main(arguments: list[str]) -> int:
    """Build and check; 0 when all is well."""
    if arguments == ["lock"]:
        return make_lock()
    BUILD.mkdir(exist_ok=True)
    python = make_environment()
    settings = BUILD / "site.yml"
    settings.write_text(json.dumps(configuration()), "utf-8")
    shutil.rmtree(SITE, ignore_errors=True)
    build = [str(python), "-m", "mkdocs", "build", "--strict", "--quiet"]
    build += ["--config-file", str(settings)]
    if subprocess.call(build, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}) != 0:
        return 1
    print(f"The site is in {SITE.relative_to(ROOT)}.", flush=True)
    return subprocess.call([sys.executable, HERE / "check_links.py", SITE])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
