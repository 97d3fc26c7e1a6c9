"""The guided set-up of a new shop: `steps.py` says which steps there are and which are done,
`setup_dialog.py` shows them. Its pages are those of the settings (`ui/settings`)."""
