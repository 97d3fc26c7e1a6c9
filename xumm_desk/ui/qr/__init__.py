"""QR codes: `qr_image` makes them, `qr_view` shows them."""
