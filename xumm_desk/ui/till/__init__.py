"""The till: a cashier's checkout. Start with `till_view`; `wording` has what a cashier reads."""
