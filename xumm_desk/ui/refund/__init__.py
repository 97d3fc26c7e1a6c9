"""How a sale is paid back. Start with `refund_command`, which opens `refund_dialog`."""
