"""How the bot presents itself: names, descriptions, commands, menu button.

Everything is compared first and set only if it differs: Telegram allows few changes a day. What
the server refuses is logged and survived, because a bot without a description still helps.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    MenuButtonCommands,
)
from telegram.error import TelegramError

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_EVERYBODY = (BotCommandScopeDefault(), BotCommandScopeAllPrivateChats())


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of the menu; the name has no slash."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What one language sees: at most 64, 512 and 120 characters, and the menu of a newcomer."""

    name: str
    description: str
    short_description: str
    commands: tuple[Command, ...]


async def own_name(bot: Bot) -> str | None:
    """Return the user name that links lead to; None when Telegram does not say."""
    try:
        return (await bot.get_me()).username
    except TelegramError as error:
        _log.warning("own name unknown", error=type(error).__name__)
        return None


async def introduce(bot: Bot, profiles: Mapping[str, Profile]) -> bool:
    """Set what differs; return whether Telegram took all of it.

    Args:
        bot: the line to Telegram.
        profiles: by language code, `""` for everybody else.
    """
    all_taken = True
    for lang, profile in profiles.items():
        all_taken &= await _survived(_name(bot, lang, profile.name))
        all_taken &= await _survived(_description(bot, lang, profile.description))
        short = _short_description(bot, lang, profile.short_description)
        all_taken &= await _survived(short)
        for scope in _EVERYBODY:
            all_taken &= await _survived(_commands(bot, scope, lang, profile.commands))
    return await _survived(_menu_button(bot)) and all_taken


async def show_menu(bot: Bot, account: int, commands: Sequence[Command]) -> bool:
    """Give one chat the menu of its role and language; return whether Telegram took it."""
    scope = BotCommandScopeChat(account)
    return await _survived(_commands(bot, scope, "", commands))


async def forget_menu(bot: Bot, account: int) -> bool:
    """Give one chat the menu of newcomers again; return whether Telegram took it."""
    return await _survived(bot.delete_my_commands(BotCommandScopeChat(account)))


async def _name(bot: Bot, lang: str, wanted: str) -> None:
    now = await bot.get_my_name(language_code=lang)
    await _set_if(now.name != wanted, lambda: bot.set_my_name(wanted, language_code=lang))


async def _description(bot: Bot, lang: str, wanted: str) -> None:
    now = await bot.get_my_description(language_code=lang)
    await _set_if(
        now.description != wanted, lambda: bot.set_my_description(wanted, language_code=lang)
    )


async def _short_description(bot: Bot, lang: str, wanted: str) -> None:
    now = await bot.get_my_short_description(language_code=lang)
    await _set_if(
        now.short_description != wanted,
        lambda: bot.set_my_short_description(wanted, language_code=lang),
    )


async def _commands(bot: Bot, scope: BotCommandScope, lang: str, wanted: Sequence[Command]) -> None:
    now = await bot.get_my_commands(scope, lang)
    new = [BotCommand(one.name, one.description) for one in wanted]
    await _set_if(list(now) != new, lambda: bot.set_my_commands(new, scope, lang))


async def _menu_button(bot: Bot) -> None:
    wanted = MenuButtonCommands()
    now = await bot.get_chat_menu_button()
    await _set_if(now != wanted, lambda: bot.set_chat_menu_button(menu_button=wanted))


async def _set_if(differs: bool, change: Callable[[], Awaitable[bool]]) -> None:  # noqa: FBT001
    if differs:
        await change()


async def _survived(step: Awaitable[object]) -> bool:
    try:
        await step
    except TelegramError as error:
        _log.warning("identity not set", error=type(error).__name__, reason=error.message)
        return False
    return True
