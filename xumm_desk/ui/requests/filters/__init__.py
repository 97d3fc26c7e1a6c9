"""Which requests are shown: the bar above the table and the sidebar beside it. Start with
`filter_bar.py`."""
