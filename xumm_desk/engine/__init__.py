"""Follow requests: coroutines over the protocols of `runtime/ports`. No Qt, HTTP or SQL.

Start with `desk`: its `record` says what follows from a fact. `payloads` talks to the platform,
`ledger` to ledger nodes, `pricing` keeps exchange rates, and all three stand on `runtime`.
"""
