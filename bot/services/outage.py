"""When things break or the bot was away: one answer to a backlog, a kind line, the help card."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.engine.chat import Chat
from bot.engine.effects import Words
from bot.flows.red import CARD
from bot.safety.alarm import card_for
from bot.safety.fallback import FALLBACK
from bot.safety.reading import Reading, Tier
from bot.services import converse
from bot.services.heard import Answer, Heard, Outgoing
from bot.services.parts import Parts
from bot.services.speaking import card_from_memory, kind_line
from bot.store import outbox, people, updates
from bot.store.errors import Unreachable

_log = structlog.get_logger(__name__)
_URGENT = (Tier.RED, Tier.CHECK)
_CRIES = frozenset({"sos", "danger_now"})
# Presses that are answered from memory when their turn fails; a question could not be kept.
_CARDS = {
    "sos": "card.sos",
    "danger_now": "card.danger",
    "more_numbers": "card.numbers",
    "text_instead": "card.text_instead",
}
_NOBODY = Chat("nobody", place=CARD)
_ALWAYS_TURNED = frozenset({"blocked", "unblocked"})
# What somebody decided is done, whatever else waited (P8).
_DECISIONS = frozenset({"stop", "revoke", "delete", "unsafe"})


def catch_up(
    parts: Parts, waiting: Sequence[Heard], at: datetime, seed: bytes, *, told: bool = False
) -> Answer:
    """Answer what waited in one chat once: the most urgent text, SOS, or "I was away".

    Every text is still read, together with those before it; every update counts as turned, in
    one transaction. With `told` the chat was told already: only what is urgent is answered.
    """
    readings = [converse.read(parts, heard, at) for heard in waiting]
    chosen = _most_urgent(waiting, readings)
    with parts.database.unit() as unit:
        fresh = [
            (heard, reading, number == chosen)
            for number, (heard, reading) in enumerate(zip(waiting, readings, strict=True))
            if heard.update_id is None or updates.take(unit, heard.update_id, at)
        ]
        turned = [
            converse.turn_heard(parts, unit, heard, reading, at, seed)
            for heard, reading, is_chosen in fresh
            if is_chosen or _is_always_turned(heard)
        ]
        first = waiting[0]
        person = people.find(unit, first.account)
        if person and not fresh:
            return Answer(person, turned=False)
        if turned and (told or chosen is not None):
            return turned[-1]
        return Answer(person or "") if told else converse.offline(parts, unit, first, at, seed)


def _most_urgent(waiting: Sequence[Heard], readings: Sequence[Reading]) -> int | None:
    """Return which update is answered: the first RED text, else CHECK, else a call for SOS."""
    for tier in _URGENT:
        for number, reading in enumerate(readings):
            if reading.tier is tier:
                return number
    return next((number for number, heard in enumerate(waiting) if _is_sos(heard)), None)


def _is_always_turned(heard: Heard) -> bool:
    decided = heard.kind == "command" or (heard.kind, heard.name) == ("button", "unsafe")
    is_decision = decided and heard.name in _DECISIONS
    return is_decision or heard.kind in _ALWAYS_TURNED


def _is_sos(heard: Heard) -> bool:
    return heard.kind in {"button", "command"} and heard.name in _CRIES


def set_aside(
    parts: Parts, update: str, update_id: int, heard: Heard | None, at: datetime, kind: str = ""
) -> Answer | None:
    """Keep an update that cannot be turned, sealed, and say so kindly in its chat.

    `kind` is that of the error, for the operator's list.

    Where even the kind line cannot be said, because the chat cannot be read or the words are
    missing, the update is kept without it: it must not come back for ever.
    """
    if heard is not None:
        try:
            return _set_aside_kindly(parts, update, update_id, heard, at, kind)
        except Exception as error:
            if is_outage(error):
                raise
            _log.error("kind line not said", error=type(error).__name__, update=update_id)
    with parts.database.unit() as unit:
        updates.set_aside(unit, update_id, update, at, error=kind)
    return None


def _set_aside_kindly(
    parts: Parts, update: str, update_id: int, heard: Heard, at: datetime, kind: str
) -> Answer:
    with parts.database.unit() as unit:
        person = people.find(unit, heard.account) or people.create(
            unit, heard.account, heard.lang, at
        )
        if updates.set_aside(unit, update_id, update, at, person, kind):
            chat = people.lock_and_load(unit, person)
            line = kind_line(parts, chat, Words("lost.set_aside"), at)
            outbox.put(unit, person, [line.stored()], at)
        return Answer(person)


def fallback(parts: Parts, heard: Heard, at: datetime) -> Outgoing | None:
    """Return the help card from memory if the text is red or check, or SOS was tapped.

    It is the very card that was meant, with the numbers of the person's country, as long as
    content stands in memory and they wrote since this process began; else the one that needs
    nothing. A reader that breaks counts as red: fail to the card, never past it.
    """
    words = _meant(parts, heard)
    if words is None:
        return None
    wishes = parts.known.of(heard.account)
    if wishes is not None:
        try:
            return card_from_memory(parts, replace(_NOBODY, preferences=wishes), words, at)
        except Exception as error:  # noqa: BLE001 - whatever is missing, a card goes out
            _log.error("help card not rendered", error=type(error).__name__)
    return Outgoing("send", FALLBACK[heard.lang if heard.lang in FALLBACK else "en"], tier="red")


def _meant(parts: Parts, heard: Heard) -> str | None:
    """Return the entry of the card that answers a cry for help; None for anything else."""
    if heard.kind in {"button", "command"} and heard.name in _CARDS:
        return _CARDS[heard.name]
    if not heard.typed:
        return None
    try:
        reading = parts.read(heard.typed, parts.recent.before(heard.account, heard.typed))
    except Exception:  # noqa: BLE001 - whatever the reader stumbles over, the card goes out
        return "card.sos"
    if reading.tier is Tier.RED:
        return f"card.{card_for(reading.trigger or 'R3', reading.about)}"
    return "card.sos" if reading.tier is Tier.CHECK else None


def is_outage(error: Exception) -> bool:
    """Whether an error is nobody's fault and will pass."""
    return isinstance(error, Unreachable)
