"""A Telegram Bot API server for tests and the offline demo: in memory, over real HTTP.

It knows private chats and groups, text, keyboards, files, presses, commands and both ways to get
updates; it enforces the limits of the Bot API and lets things go wrong on demand. Whatever talks to
it is told `url` and `token`, and nothing else about it.
"""

from bot.messenger.fake.faults import Fault, Kind
from bot.messenger.fake.ledger import Attempt, Entry, Exchange
from bot.messenger.fake.people import User
from bot.messenger.fake.rates import Rates
from bot.messenger.fake.refusal import Impossible
from bot.messenger.fake.running import FakeTelegram, ThreadedFakeTelegram
from bot.messenger.fake.server import INVENTED, Settings
from bot.messenger.fake.shown import Button, Shown

__all__ = [
    "INVENTED",
    "Attempt",
    "Button",
    "Entry",
    "Exchange",
    "FakeTelegram",
    "Fault",
    "Impossible",
    "Kind",
    "Rates",
    "Settings",
    "Shown",
    "ThreadedFakeTelegram",
    "User",
]
