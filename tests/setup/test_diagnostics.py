"""What is sent to a helper names no person and holds nothing of the PIN."""

from __future__ import annotations

from pathlib import Path

from xumm_desk.core.money import networks
from xumm_desk.core.settings import Settings
from xumm_desk.setup.config import Config
from xumm_desk.setup.diagnostics import diagnostics_text


def test_neither_the_pins_hash_nor_the_names_beside_it_are_written(tmp_path: Path) -> None:
    network = networks.network_by_key("TESTNET")
    assert network is not None
    given = Config("https://xumm.app", (), network, tmp_path, None, practice=True)
    saved = Settings(pin_hash="$argon2id$secret", operators=["Wilhelmina"], lock_after=5)
    text = diagnostics_text(given, saved, None)
    assert "argon2id" not in text
    assert "Wilhelmina" not in text
    assert "lock_after: 5" in text
