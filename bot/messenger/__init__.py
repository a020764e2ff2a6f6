"""Telegram in and out; the only package that knows python-telegram-bot."""
