"""A new request: `request_form` is the panel, `create_request` the steps to a created request."""
