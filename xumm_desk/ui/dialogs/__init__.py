"""Dialogs and the help window. `menu_dialogs` opens them."""
