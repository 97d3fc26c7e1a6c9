"""The dialog by which a sale is paid back. Start with `refund_dialog`."""
