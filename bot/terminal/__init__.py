"""The same bot in a terminal: everything but Telegram is real."""
