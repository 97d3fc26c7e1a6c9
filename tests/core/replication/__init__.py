"""Tests of `xumm_desk.core.replication`."""
