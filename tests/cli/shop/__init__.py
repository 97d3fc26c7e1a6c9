"""The command `shop`."""
