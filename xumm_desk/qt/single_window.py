"""Keep one window to a data folder: a lock of the kernel, and a request to the open window.

The lock ends with the process however that ends, so neither a kill nor a process id that is used
again leaves a folder locked.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xumm_desk.store import private_files

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_REQUEST: Final = b"raise\n"
_ANSWER: Final = b"raised\n"
_PATIENCE_MS: Final = 1500


class SingleWindow:
    """The right to be the only window on `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._descriptor: int | None = None
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Take the lock; False when another window has it. A folder in which no lock can be made
        has no other window either that could write there."""
        try:
            private_files.make_folder(self.folder)
            descriptor = os.open(
                self.folder / "window.lock", os.O_CREAT | os.O_RDWR, private_files.FILE_MODE
            )
        except OSError:
            return True
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            # Some network file systems have no locks; they must not keep a shop from opening.
            return not isinstance(error, BlockingIOError | PermissionError)
        self._descriptor = descriptor
        return True

    def listen(self, on_call: Callable[[], None]) -> None:
        """Call `on_call` whenever another start on this folder asks for the window."""
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415 - not before the first paint

        if self._descriptor is None or self._server is not None:
            return
        server = self._server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)

        def answer() -> None:
            while (caller := server.nextPendingConnection()) is not None:
                caller.disconnected.connect(caller.deleteLater)
                on_call()
                caller.write(_ANSWER)
                caller.flush()
                caller.disconnectFromServer()

        server.newConnection.connect(answer)
        QLocalServer.removeServer(self._name())  # of a window that was killed
        server.listen(self._name())

    def raise_other_window(self) -> bool:
        """Ask the window that has the lock to come to the front; returns whether it did."""
        from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415 - seldom needed

        socket = QLocalSocket()
        socket.connectToServer(self._name())
        if not socket.waitForConnected(_PATIENCE_MS):
            return False
        socket.write(_REQUEST)
        answered = bool(socket.waitForReadyRead(_PATIENCE_MS))
        answered = answered and bytes(socket.readAll().data()) == _ANSWER
        socket.abort()
        return answered

    def release(self) -> None:
        """Let another window have the folder."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            server.deleteLater()
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _name(self) -> str:
        with suppress(OSError):
            self.folder = self.folder.resolve()
        return "xumm-desk-" + hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:24]


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
