"""The columns of the table under a person's hands: widths, order, which are shown, and how that is
remembered. Start with `column_layout.py`."""
