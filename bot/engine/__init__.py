"""The dialogue, pure: no clock, no words, no network, no database, no chance.

Read in this order: `chat` (what is known), `events` (what can happen), `effects` (what the
dialogue asks for), `flow` (a conversation as data), `dialogue` (one turn).
"""
