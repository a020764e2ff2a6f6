"""Accanto: guided support, on Telegram, for the partners of people with depression."""
