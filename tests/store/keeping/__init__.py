"""Tests of `xumm_desk.store.keeping`, on real files."""
