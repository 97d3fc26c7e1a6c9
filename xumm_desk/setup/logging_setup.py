"""Where log lines go, and what is redacted in them."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import re
import sys
from pathlib import Path
from typing import IO, Final

from xumm_desk.store import private_files

_UUID: Final = re.compile(
    r"\b([0-9a-fA-F]{8})-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
)
_LONG_HEX: Final = re.compile(r"\b([0-9A-Fa-f]{12})[0-9A-Fa-f]{100,}\b")


_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def redact(text: str) -> str:
    """`text` with UUIDs (requests, keys, secrets and tokens are all UUIDs) and signed blobs cut to
    their first characters."""
    return _LONG_HEX.sub(r"\1…", _UUID.sub(r"\1…", text))


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, so tracebacks and arguments are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be written."""
        return redact(super().format(record))


class PrivateRotatingFileHandler(logging.handlers.RotatingFileHandler):
    """A rotating log file that only this account can read."""

    def _open(self) -> IO[str]:  # type: ignore[override]
        return open(
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            errors=self.errors,
            opener=private_files.opener,
        )


def configure_logging(folder: Path | None, *, verbose: bool = False) -> None:
    """Send log lines to standard error, and to a rotating file in `folder` where one is given."""
    formatter = RedactingFormatter(_FORMAT)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setLevel(logging.INFO if verbose else logging.WARNING)
    stderr.setFormatter(formatter)
    root.addHandler(stderr)
    for noisy in ("httpx", "httpcore", "websockets", "asyncio", "qasync", "xrpl"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if folder is not None:
        write_to(folder)


def write_to(folder: Path) -> None:
    """Write log lines to a rotating file in `folder` from now on, and to none elsewhere."""
    formatter = RedactingFormatter(_FORMAT)
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, PrivateRotatingFileHandler):
            if Path(handler.baseFilename).parent == folder.absolute():
                return
            root.removeHandler(handler)
            # What a full disk did not take is tried again by closing, and refused again.
            with contextlib.suppress(OSError):
                handler.close()
    try:
        private_files.make_folder(folder)
        file = PrivateRotatingFileHandler(
            folder / "xumm-desk.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError as error:
        logging.getLogger(__name__).warning("no log file: %s", error.strerror)
        return
    file.setFormatter(formatter)
    root.addHandler(file)
