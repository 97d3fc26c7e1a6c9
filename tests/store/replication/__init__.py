"""Tests of `xumm_desk.store.replication`."""
