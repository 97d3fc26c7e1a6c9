"""What all parts of the engine stand on: ports, registry, recorder, call queue, tasks.

Start with `context`: every part is built from one `Engine`.
"""
