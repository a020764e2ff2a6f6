"""One update, one transaction: load the chat, turn it, store what it became and what it says."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.engine.chat import Chat
from bot.engine.effects import ErasePerson, Words
from bot.engine.events import (
    ButtonPressed,
    CommandGiven,
    Event,
    Invitation,
    MediaReceived,
    Outage,
    TextReceived,
)
from bot.engine.ways import Turn
from bot.flows.looking import looked
from bot.flows.wishes import ANSWERS
from bot.safety.reading import CALM, Reading, Tier
from bot.services import guessing, pinning
from bot.services.carrying import Turned, carry_out
from bot.services.deliver import HELD_FOR
from bot.services.heard import Answer, Heard, Outgoing
from bot.services.pace import Pace
from bot.services.parts import Parts
from bot.services.speaking import context_of, kind_line, spoken
from bot.store import looks, outbox, people, updates
from bot.store.database import Unit
from bot.texts.render import label

_CODE = re.compile(r"[0-9][A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{8}")
_LINK = re.compile(r"t\.me/\w+\?start=([A-Za-z0-9_-]{10,64})")
_AS_TYPED = str.maketrans("OIL", "011", " -")


def read(parts: Parts, heard: Heard, at: datetime) -> Reading:
    """Return the reading of what was typed, with the texts of the last three minutes.

    Before any transaction, so that no lock waits for it. A command's words are read too.
    """
    text = heard.typed
    if not text:
        return CALM
    earlier = parts.recent.join(heard.account, text, at)
    reading = parts.read(text, earlier)
    if reading.tier not in {Tier.NONE, Tier.CHECK}:
        return reading
    wish = parts.wishes.of(text)
    # "Don't know" read together with what was asked about is doubtful itself, and still an answer.
    said = reading.tier is Tier.NONE or wish in ANSWERS
    return replace(reading, wish=wish) if said else reading


def answer(parts: Parts, heard: Heard, reading: Reading, at: datetime, seed: bytes) -> Answer:
    """Turn one update and store its replies, once; a known update id is not turned again."""
    with parts.database.unit() as unit:
        if heard.update_id is not None and not updates.take(unit, heard.update_id, at):
            return Answer(people.find(unit, heard.account) or "", turned=False)
        return turn_heard(parts, unit, heard, reading, at, seed)


def turn_heard(
    parts: Parts, unit: Unit, heard: Heard, reading: Reading, at: datetime, seed: bytes
) -> Answer:
    """Turn what was heard inside an open transaction and store the replies."""
    person = _person(unit, heard, at)
    if heard.kind in {"blocked", "unblocked"}:
        people.set_blocked(unit, person, at if heard.kind == "blocked" else None)
        return Answer(person)
    chat = people.lock_and_load(unit, person, at)
    if not chat.agreed:
        people.note_heard(unit, person, at)
    toast = ""
    messages: tuple[Outgoing, ...] = ()
    match parts.paces.of(heard, reading, chat, at):
        case Pace.ANSWER:
            event = _event(unit, person, heard, reading, at, seed)
            turn, messages = turned(parts, unit, person, chat, event, heard)
            is_gone = any(isinstance(effect, ErasePerson) for effect in turn.effects)
            parts.known.note(heard.account, None if is_gone else turn.chat.preferences)
            if turn.toast:
                toast = label(parts.bundle, turn.toast, context_of(parts, chat, at))
        case Pace.TELL:
            messages = (kind_line(parts, chat, Words("lost.too_many"), at),)
        case Pace.PASS:
            pass
    outbox.put(unit, person, _stored(messages), at, update_id=heard.update_id)
    if parts.worker and messages:
        # Who turned the chat speaks to it: another worker's replies wait until these are sent.
        outbox.hold(unit, person, parts.worker, at, HELD_FOR)
    return Answer(person, toast)


def _person(unit: Unit, heard: Heard, at: datetime) -> str:
    known = people.find(unit, heard.account)
    return known or people.create(unit, heard.account, heard.lang, at)


def turned(
    parts: Parts, unit: Unit, person: str, chat: Chat, event: Event, heard: Heard | None = None
) -> tuple[Turn, tuple[Outgoing, ...]]:
    """Turn the chat, save it, carry out the effects; return the turn and its messages.

    The words are rendered before anything is written: what cannot be said does not happen.
    """
    turn = pinning.let_go(parts.dialogue.turn(chat, event))
    messages = spoken(parts, chat, turn, event, heard.card if heard else None)
    messages = pinning.pinned(parts, chat, turn, messages, event.at)
    people.save(unit, chat, turn.chat)
    carry_out(Turned(unit, person, turn.chat, event.at, parts.wake), turn.effects)
    if look := looked(turn):
        looks.note(unit, person, look.case, of=look.of, what=look.what, at=event.at)
    if any(isinstance(effect, ErasePerson) for effect in turn.effects):
        people.erase(unit, person, event.at)
    return turn, messages


def offline(parts: Parts, unit: Unit, heard: Heard, at: datetime, seed: bytes) -> Answer:
    """Say once that the bot was away, and where the conversation stands."""
    person = _person(unit, heard, at)
    chat = people.lock_and_load(unit, person, at)
    _, messages = turned(parts, unit, person, chat, Outage(at=at, seed=seed))
    outbox.put(unit, person, _stored(messages), at)
    return Answer(person)


def _event(
    unit: Unit, person: str, heard: Heard, reading: Reading, at: datetime, seed: bytes
) -> Event:
    match heard.kind:
        case "button":
            return ButtonPressed(
                at=at, seed=seed, move=heard.name, value=heard.value, revision=heard.revision
            )
        case "command":
            presented = heard.value if heard.name == "start" else ""
            return CommandGiven(
                at=at,
                seed=seed,
                name=heard.name,
                value=heard.value,
                reading=reading,
                invitation=_invitation(unit, person, presented, at) if presented else None,
            )
        case "media":
            return MediaReceived(at=at, seed=seed, kind=heard.name, reading=reading)
        case _:
            code = _code_in(heard.text)
            return TextReceived(
                at=at,
                seed=seed,
                text=heard.text,
                reading=reading,
                edited=heard.edited,
                invitation=_invitation(unit, person, code, at) if code else None,
            )


def _code_in(text: str) -> str:
    """Return the short code a text is, or the secret of a pasted link, or nothing."""
    if link := _LINK.search(text):
        return link[1]
    typed = text.strip().upper().translate(_AS_TYPED)
    return typed if _CODE.fullmatch(typed) else ""


def _invitation(unit: Unit, person: str, presented: str, at: datetime) -> Invitation:
    """Look up what was presented; anything that is no invitation is refused the same way."""
    return guessing.presented(unit, person, _code_in(presented) or presented, at)


def _stored(messages: Sequence[Outgoing]) -> list[dict[str, Any]]:
    return [message.stored() for message in messages]
