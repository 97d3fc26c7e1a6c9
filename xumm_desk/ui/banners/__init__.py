"""Banners above the views, for what concerns the whole window. Start with `banner`."""
