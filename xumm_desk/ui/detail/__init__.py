"""One request in full. Start with `detail_pane`."""
