"""The platform's side: payloads, developer API, phone API, status sockets, webhooks, pages.

Start with `platform` and `payload`.
"""
