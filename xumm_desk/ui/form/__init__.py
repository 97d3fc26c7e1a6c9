"""A new request: `request_form` is the panel, `new_request` creates what it submits."""
