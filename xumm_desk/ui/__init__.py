"""The window. Shows rows and sends commands to the desk; imports `engine` and `core` only.

Start with `main_window`, which composes, and `desk_view`, which wires the views of one desk.
`requests` is the live table, `detail` one request, `form` a new one, `customer` the customer's
screen; `widgets`, `style`, `qr`, `banners` and `dialogs` serve them.
"""
