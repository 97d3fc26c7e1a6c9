"""The tills of a shop: the list of them (`shop_dialog.py`), the line in the sidebar of the requests
(`shop_line.py`), and what opens and renews both (`shop_command.py`). Start with `till_words.py`."""
