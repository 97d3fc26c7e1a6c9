"""The lamps of the status bar: one (`lamp.py`), their row and how it fits (`lamp_bar.py`,
`lamp_layout.py`), the last hour of one (`lamp_window.py`, `hour_bar.py`), and their words."""
