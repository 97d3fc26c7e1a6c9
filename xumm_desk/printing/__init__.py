"""Receipts on paper: drawn by Qt for printers of the system and PDF files, or sent as ESC/POS.

Start with `receipt_printer`; `receipt_blocks` turns the content into words that both ways print.
May import `engine` and what lies below it, Qt, Pillow and python-escpos, but no window and no wire.
"""
