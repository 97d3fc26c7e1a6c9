"""Follows requests: coroutines over the protocols of `ports`; no Qt, no HTTP, no SQL."""
