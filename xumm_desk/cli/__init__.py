"""Commands without a window: `request`, `export`, `verify-journal`, `journal`, `shop`,
`diagnostics`, `simulator`.

Start with `parser`, which reads the arguments; `commands` runs what they name. May import
everything but `app`, `ui` and `qt`.
"""
