"""How the bot presents itself, in the words of its content."""

from datetime import datetime

from bot.engine.effects import Words
from bot.flows.house import COMMANDS
from bot.messenger.identity import Command, Profile
from bot.texts.bundle import Bundle
from bot.texts.render import Context, label


def profiles(bundle: Bundle, at: datetime) -> dict[str, Profile]:
    """Return how the bot presents itself in each language; `""` is for everybody else."""
    names = in_each_language(bundle, "profile.name", at)
    long = in_each_language(bundle, "profile.description", at)
    short = in_each_language(bundle, "profile.short", at)
    commands = {name: in_each_language(bundle, f"command.{name}", at) for name in COMMANDS}
    known = {
        lang: Profile(
            names[lang],
            long[lang],
            short[lang],
            tuple(Command(name, words[lang]) for name, words in commands.items()),
        )
        for lang in bundle.languages
    }
    return {"": known["en"], **known}


def in_each_language(bundle: Bundle, name: str, at: datetime) -> dict[str, str]:
    """Return a label in every language of the content."""
    return {
        lang: label(bundle, Words(name), Context(lang, "UTC", at, None))
        for lang in bundle.languages
    }
