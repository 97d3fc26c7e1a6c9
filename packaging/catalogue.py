"""Keep the catalogues: what translators start from, their translations, what the program reads.

python packaging/catalogue.py             writes xumm_desk/locale/xumm_desk.pot, renews every .po
python packaging/catalogue.py --check     ends with 1 where the .pot is stale
python packaging/catalogue.py compile     writes an .mo beside each .po
python packaging/catalogue.py complete    ends with 1 where a sentence is not translated
python packaging/catalogue.py new TAG     begins the .po of a language ("it", "pt_BR")
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from xumm_desk.locale.catalogues import compiled  # noqa: E402 - of this checkout

FOLDER = ROOT / "xumm_desk" / "locale"
CATALOGUE = FOLDER / "xumm_desk.pot"
WIDTH = 100
PLURALS = {"fr": "(n > 1)", "es": "(n != 1)", "pt_BR": "(n > 1)"}
"""Languages with a third form in the Unicode data, for whole millions: nothing here counts so far,
and gettext's own tables have two."""
CALLS = ("Message", "_")


def messages(source: str) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """The message ids in a module, those with a plural as pairs, each with its context."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in CALLS or not node.args:
            continue
        first = node.args[0]
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        plural, context = _literal(node, "plural"), _literal(node, "context")
        yield (first.value, plural) if plural else first.value, context


def _literal(call: ast.Call, name: str) -> str | None:
    word = next((word.value for word in call.keywords if word.arg == name), None)
    return word.value if isinstance(word, ast.Constant) and isinstance(word.value, str) else None


def extract() -> bytes:
    """The catalogue as it should be; without dates and line numbers, so that only words change."""
    catalogue = Catalog(project="Xumm Desk", charset="utf-8", fuzzy=False)
    catalogue.header_comment = "# Message ids of Xumm Desk; made by packaging/catalogue.py."
    for path in sorted((ROOT / "xumm_desk").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for message, context in messages(path.read_text(encoding="utf-8")):
            catalogue.add(message, locations=[(name, 0)], context=context)
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True)
    header = f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n'
    fields = '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return (header + fields).encode() + out.getvalue()


def translations() -> list[Path]:
    """The .po files, one for each language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/xumm_desk.po"))


def read(path: Path) -> Catalog:
    """One of them."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, charset="utf-8")


def begin(tag: str) -> Catalog:
    """An empty catalogue of a language."""
    locale = Locale.parse(tag)
    made = Catalog(locale=locale, project="Xumm Desk", charset="utf-8", fuzzy=False)
    made.header_comment = f"# Xumm Desk in {locale.english_name}. See packaging/translating.md."
    if tag in PLURALS:
        made.mime_headers = [("Plural-Forms", f"nplurals=2; plural={PLURALS[tag]};")]
    return made


def renewed(old: Catalog, template: Catalog) -> bytes:
    """A .po with the messages of the template: what is new is empty, what has only changed keeps
    its translation as fuzzy, which the program does not use, and what is gone is gone."""
    new = begin(str(old.locale))
    for message in old:
        if message.id:
            new[message.id] = message
    new.update(template, keep_user_comments=False)
    new.obsolete.clear()
    return written(new)


def written(catalogue: Catalog) -> bytes:
    """The file, without dates and line numbers, so that only words change."""
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, sort_output=True, include_lineno=False, omit_header=True)
    forms = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};"
    fields = (f"Language: {catalogue.locale}", f"Plural-Forms: {forms}")
    head = [catalogue.header_comment, 'msgid ""', 'msgstr ""']
    head += [f'"{field}\\n"' for field in (*fields, "Content-Type: text/plain; charset=utf-8")]
    return "\n".join([*head, "", ""]).encode() + out.getvalue()


def renew() -> None:
    """Write the .pot and every .po."""
    fresh = extract()
    CATALOGUE.write_bytes(fresh)
    template = read_po(io.BytesIO(fresh), charset="utf-8")
    for path in translations():
        path.write_bytes(renewed(read(path), template))


def check() -> int:
    """Say whether the .pot is stale."""
    if CATALOGUE.exists() and CATALOGUE.read_bytes() == extract():
        sys.stdout.write("The catalogue holds every message of the program.\n")
        return 0
    sys.stdout.write("The catalogue is stale: run python packaging/catalogue.py.\n")
    return 1


def compile_all() -> None:
    """Write an .mo beside every .po."""
    for path in translations():
        path.with_suffix(".mo").write_bytes(compiled(path.read_bytes()))


def untranslated(catalogue: Catalog) -> list[str]:
    """The English texts that the program would show as they are."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and (message.fuzzy or not _is_whole(message.string))
    ]


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def complete() -> int:
    """Say what is not translated."""
    code = 0
    for path in translations():
        for text in untranslated(read(path)):
            code = 1
            sys.stdout.write(f"{path.parent.parent.name}: {text!r}\n")
    return code


def main() -> int:
    """Do what the arguments say."""
    match sys.argv[1:]:
        case []:
            renew()
        case ["--check"]:
            return check()
        case ["compile"]:
            compile_all()
        case ["complete"]:
            return complete()
        case ["new", tag]:
            path = FOLDER / tag / "LC_MESSAGES" / "xumm_desk.po"
            path.parent.mkdir(parents=True)
            path.write_bytes(renewed(begin(tag), read_po(io.BytesIO(extract()), charset="utf-8")))
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
