"""The icon in the system's tray: badge, menu, notifications, and closing into it."""
