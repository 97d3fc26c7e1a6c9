"""The customer's screen. Start with `customer_display`: it opens, feeds and remembers the window.

`record` is all that the screen may know of a request, `phases` what a customer reads when,
`customer_window` and `widgets` paint it. `placement` and `screen_identity` keep the window on its
screen, `keep_awake` keeps that screen from going blank, `logo_file` reads the shop's logo.
"""
