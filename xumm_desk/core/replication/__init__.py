"""Facts on their way between the tills of a shop: their names, their chain, who follows what."""
