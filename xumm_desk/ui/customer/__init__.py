"""The customer's screen. Start with `customer_window`; `phases` says what a customer reads when."""
