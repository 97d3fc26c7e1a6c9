"""The public keys that sign the statement of the newest version, and the address it is read from.

There is no release key yet, so the update notice is off and says that it is not available in this
build. `packaging/README.md` says how a key is made and named here; SECURITY.md names it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KEY_BYTES: Final = 32
"""Bytes of a public key of Ed25519."""


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """A public key and the id by which a signature names it."""

    id: str
    public: bytes


@dataclass(frozen=True, slots=True)
class UpdateSource:
    """Where the statement is read, an https address, and whose signatures count. Several keys are
    for a rotation: one signature of any of them is enough."""

    address: str
    keys: tuple[ReleaseKey, ...]

    @property
    def available(self) -> bool:
        """Whether anything can be read and believed."""
        return bool(self.address and self.keys)


RELEASES: Final = UpdateSource(address="", keys=())
"""Of this program. A key: `ReleaseKey("2027a", bytes.fromhex("…"))`."""
