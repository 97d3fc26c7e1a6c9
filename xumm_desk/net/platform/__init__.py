"""The Xumm platform: REST calls, status sockets, which URLs are allowed, what went wrong.

Start with `xumm_api` and `status_socket`.
"""
