"""Returning customers at the till: sent to, remembered, forgotten. Start with `till_customers`."""
