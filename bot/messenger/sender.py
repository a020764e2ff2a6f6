"""One message out: the right call of the Bot API, and what came of it. Never raises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.messenger.buttons import UnfitButton, sign
from bot.messenger.request import Line, NotReached
from bot.services.heard import Attachment, Outgoing, ShownButton
from bot.services.observer import Observer, Sending, Unobserved

TOAST = 200
"""Longest toast, in UTF-16 units."""

_log = structlog.get_logger(__name__)
_DELETED_AT_ONCE = 100
_NO_PREVIEW = {"is_disabled": True}
_NEXT_TRY = 0.5  # seconds, when a refusal does not say how long
_TOKEN_PAUSE = 30.0  # seconds; a refused token is a matter for the operator
_TOAST_SECONDS = 2.0  # a toast that is later is of no use


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took it; the id of the message as it stands there."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram will never take it; `blocked` when nothing may be written to this person."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Certainly not taken; not to be tried again for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unclear:
    """Taken or not: nobody knows (time-out, cut connection, error of the server)."""


Outcome = Sent | Refused | Wait | Unclear
Keyboard = Mapping[str, Any]


class Sender:
    """Sends what the services wrote.

    Args:
        bot: the line to Telegram.
        key: signs the buttons.
        observer: is told how each message ended.
    """

    def __init__(self, bot: Line, key: bytes, observer: Observer | None = None) -> None:
        self._bot = bot
        self._key = key
        self._observer = observer or Unobserved()

    async def send(self, account: int, message: Outgoing) -> Outcome:
        """Send, edit or close one message."""
        outcome = await self._sent(account, message)
        self._observer.sending(_in_a_word(outcome))
        return outcome

    async def _sent(self, account: int, message: Outgoing) -> Outcome:
        try:
            keyboard = self._keyboard(account, message.rows)
        except UnfitButton as error:
            _log.error("button does not fit", problem=str(error), flow=message.flow)
            return Refused(blocked=False)
        if message.op == "close":
            return await self._close(account, message)
        if message.op == "unpin" and message.message_id is not None:
            return await self._sealed(account, message)
        if message.op in {"unpin", "clear"}:
            return await self._clear(account, message.messages)
        if message.op == "edit" and message.message_id is not None:
            outcome = await self._edit(account, message, keyboard)
        else:
            outcome = await self._new(account, message, keyboard)
        if message.pins and isinstance(outcome, Sent):
            await self._pinned(account, outcome.message_id, message.unpins)
        return outcome

    async def toast(self, query: str, text: str = "") -> None:
        """Answer a press, at most once each; too late or lost is no harm."""
        try:
            await self._bot.answer_callback_query(
                query,
                _cut(text) or None,
                read_timeout=_TOAST_SECONDS,
                connect_timeout=_TOAST_SECONDS,
                pool_timeout=_TOAST_SECONDS,
            )
        except TelegramError as error:
            if "query is too old" not in error.message.lower():
                _log.info("toast lost", error=type(error).__name__)

    async def leave(self, chat: int, text: str) -> None:
        """Say one line in a group, if that is allowed there, and leave it."""
        if text:
            await self._said("sendMessage", {"chat_id": chat, **_worded(text)})
        try:
            await self._bot.leave_chat(chat)
        except TelegramError as error:
            _log.info("group not left", error=type(error).__name__)

    async def _new(self, account: int, message: Outgoing, keyboard: Keyboard | None) -> Outcome:
        if message.file:
            return await self._file(account, message, message.file, keyboard)
        what = {
            "chat_id": account,
            **_worded(message.text, message.entities),
            "disable_notification": message.quiet,
            "reply_markup": keyboard,
        }
        return await self._said("sendMessage", what)

    async def _file(
        self, account: int, message: Outgoing, file: Attachment, keyboard: Keyboard | None
    ) -> Outcome:
        """Send a file from memory; its name is the one it was given, never one with a person."""
        kind, method = ("photo", "sendPhoto") if file.is_picture else ("document", "sendDocument")
        what = {
            "chat_id": account,
            kind: InputFile(file.data, filename=file.name),
            "caption": message.text or None,
            "caption_entities": _styles(message.entities),
            "disable_notification": message.quiet,
            "reply_markup": keyboard,
        }
        return await self._said(method, what)

    async def _edit(self, account: int, message: Outgoing, keyboard: Keyboard | None) -> Outcome:
        outcome = await self._edited(account, message, keyboard)
        if outcome == Refused(blocked=False):
            # Deleted, too old or no text message: what was to be said is said below instead.
            return await self._new(account, message, keyboard)
        return outcome

    async def _close(self, account: int, message: Outgoing) -> Outcome:
        if message.message_id is None:
            return Sent(None)
        outcome = await self._edited(account, message, None)
        return Sent(message.message_id) if outcome == Refused(blocked=False) else outcome

    async def _pinned(self, account: int, card: int | None, before: int | None) -> None:
        """Pin a card without a sound in the place of another; where that may not be, it stays."""
        if before is not None and before != card:
            call = {"chat_id": account, "message_id": before}
            await self._gone("unpinChatMessage", call)
        if card is not None:
            call = {"chat_id": account, "message_id": card}
            await self._said("pinChatMessage", {**call, "disable_notification": True})

    async def _sealed(self, account: int, message: Outgoing) -> Outcome:
        """Take a pinned card down and put other words in its place, as far as Telegram lets us."""
        outcome = await self._edited(account, message, None)
        if isinstance(outcome, Sent) or outcome == Refused(blocked=False):
            call = {"chat_id": account, "message_id": message.message_id}
            return await self._gone("unpinChatMessage", call)
        return outcome

    async def _clear(self, account: int, messages: Sequence[int]) -> Outcome:
        """Unpin all, and delete what Telegram lets us; what it does not is no reason to stop.

        After a 429 or a cut connection all of it is tried again: what is gone already is no harm.
        """
        outcome = await self._gone("unpinAllChatMessages", {"chat_id": account})
        for start in range(0, len(messages), _DELETED_AT_ONCE):
            if isinstance(outcome, Sent):
                some = messages[start : start + _DELETED_AT_ONCE]
                outcome = await self._deleted(account, some)
        return outcome

    async def _deleted(self, account: int, some: Sequence[int]) -> Outcome:
        """Delete up to a hundred; when one of them holds up the rest, each by itself."""
        call = {"chat_id": account, "message_ids": list(some)}
        outcome = await self._said("deleteMessages", call)
        if outcome != Refused(blocked=False):
            return outcome
        outcome = Sent(None)  # what is refused stays for good: it is too old, or not ours
        for number in some:
            if isinstance(outcome, Sent):
                call = {"chat_id": account, "message_id": number}
                outcome = await self._gone("deleteMessage", call)
        return outcome

    async def _gone(self, method: str, call: Mapping[str, Any]) -> Outcome:
        """Make a call after which something is gone; a refusal says that it stays, or was gone."""
        outcome = await self._said(method, call)
        return Sent(None) if outcome == Refused(blocked=False) else outcome

    async def _edited(self, account: int, message: Outgoing, keyboard: Keyboard | None) -> Outcome:
        which = {"chat_id": account, "message_id": message.message_id, "reply_markup": keyboard}
        if not message.text:
            return await self._said("editMessageReplyMarkup", which, message.message_id)
        what = {**which, **_worded(message.text, message.entities)}
        return await self._said("editMessageText", what, message.message_id)

    def _keyboard(self, account: int, rows: Sequence[Sequence[ShownButton]]) -> Keyboard | None:
        if not rows:
            return None
        shown = [
            [
                {"text": button.label, "callback_data": sign(self._key, account, button)}
                for button in row
            ]
            for row in rows
        ]
        return {"inline_keyboard": shown}

    async def _said(
        self, method: str, what: Mapping[str, Any], number: int | None = None
    ) -> Outcome:
        """Make a call and say what came of it; `number` is that of an edited message."""
        try:
            said = await self._bot.say(method, what)
        except TelegramError as error:
            if isinstance(error, BadRequest) and "not modified" in error.message.lower():
                return Sent(number)
            outcome = _judged(error)
            reason = error.message if isinstance(error, BadRequest) else ""
            kind = type(error).__name__
            _log.info("not sent", error=kind, outcome=type(outcome).__name__, reason=reason)
            return outcome
        except Exception as error:  # noqa: BLE001 - an answer out of shape was an answer
            _log.error("answer not read", error=type(error).__name__)
            return Unclear()
        return Sent(number if said is None else said)


def _in_a_word(outcome: Outcome) -> Sending:
    match outcome:
        case Sent():
            return "sent"
        case Refused():
            return "blocked" if outcome.blocked else "refused"
        case Wait():
            return "wait"
        case Unclear():
            return "unclear"


def _judged(error: TelegramError) -> Outcome:
    if isinstance(error, RetryAfter):
        pause = error.retry_after
        return Wait(float(pause) if isinstance(pause, int) else pause.total_seconds())
    if isinstance(error, Forbidden):
        return Refused(blocked=True)
    if isinstance(error, BadRequest | ChatMigrated):
        return Refused(blocked=False)
    if isinstance(error, InvalidToken):
        return Wait(_TOKEN_PAUSE)
    # A gateway's 429 comes without figures.
    is_certain = isinstance(error, Conflict | NotReached)
    if is_certain or "too many requests" in error.message.lower():
        return Wait(_NEXT_TRY)
    return Unclear()


def _worded(text: str, entities: Sequence[tuple[str, int, int]] = ()) -> dict[str, Any]:
    """Return the parameters of a text that is never parsed and shows no preview."""
    return {
        "text": text,
        "entities": _styles(entities),
        "link_preview_options": _NO_PREVIEW,
    }


def _styles(entities: Sequence[tuple[str, int, int]]) -> list[dict[str, Any]] | None:
    return [{"type": kind, "offset": at, "length": n} for kind, at, n in entities] or None


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")[: 2 * TOAST]
    return units.decode("utf-16-le", errors="ignore")
