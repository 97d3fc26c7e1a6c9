"""Qt and asyncio in one process: event loop, import of PySide6, garbage collection, single window.

Start with `event_loop`. Imports nothing that is about requests.
"""
