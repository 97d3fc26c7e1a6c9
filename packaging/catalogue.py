"""Extract the message ids of the program into the catalogue that translators start from.

python packaging/catalogue.py            writes xumm_desk/locale/xumm_desk.pot
python packaging/catalogue.py --check    ends with 1 where that file is stale
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "xumm_desk" / "locale" / "xumm_desk.pot"
CALLS = ("Message", "_")


def messages(source: str) -> Iterator[str | tuple[str, str]]:
    """The message ids in a module, those with a plural as pairs."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in CALLS or not node.args:
            continue
        first = node.args[0]
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        plural = next((word.value for word in node.keywords if word.arg == "plural"), None)
        if isinstance(plural, ast.Constant) and isinstance(plural.value, str):
            yield first.value, plural.value
        else:
            yield first.value


def extract() -> bytes:
    """The catalogue as it should be; without dates and line numbers, so that only words change."""
    catalogue = Catalog(project="Xumm Desk", charset="utf-8", fuzzy=False)
    catalogue.header_comment = "# Message ids of Xumm Desk; made by packaging/catalogue.py."
    for path in sorted((ROOT / "xumm_desk").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for message in messages(path.read_text(encoding="utf-8")):
            catalogue.add(message, locations=[(name, 0)])
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True)
    header = f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n'
    fields = '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return (header + fields).encode() + out.getvalue()


def main() -> int:
    """Write the catalogue, or check it."""
    fresh = extract()
    if "--check" not in sys.argv[1:]:
        CATALOGUE.write_bytes(fresh)
        return 0
    if CATALOGUE.exists() and CATALOGUE.read_bytes() == fresh:
        sys.stdout.write("The catalogue holds every message of the program.\n")
        return 0
    sys.stdout.write("The catalogue is stale: run python packaging/catalogue.py.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
