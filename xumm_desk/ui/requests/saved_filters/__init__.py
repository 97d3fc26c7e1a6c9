"""Filters of the requests that a person keeps under names: buttons in the sidebar, their counts,
and the dialog that names them. Start with `saved_filters.py`."""
