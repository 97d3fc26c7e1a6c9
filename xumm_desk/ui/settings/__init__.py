"""The shop's settings: one dialog, a module for each of its pages.

`settings_dialog.py` lists the sections and saves; `page.py` is what every page has; `context.py`
what the pages ask of the program around them. The guided set-up (`ui/first_run`) uses the same
pages.
"""
