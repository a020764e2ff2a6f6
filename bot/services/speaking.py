"""What a turn says becomes messages: words rendered now, buttons, what replaces what."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.engine.chat import Chat
from bot.engine.effects import Attach, Button, ClearTraces, Say, Words
from bot.engine.events import CommandGiven, Event
from bot.engine.saying import SOS_ROW
from bot.engine.ways import Turn
from bot.flows.notices import comes_silently
from bot.flows.red import SOS, help_lines
from bot.safety.reading import Tier
from bot.services.attaching import attachment
from bot.services.heard import Card, Outgoing, ShownButton
from bot.services.parts import Parts
from bot.texts.bundle import Bundle
from bot.texts.render import LONGEST_MESSAGE, Context, Entity, Rendered, in_pieces, label, render

# What a card from memory leads to: other cards from memory (outage.py).
_FROM_MEMORY = frozenset({"more_numbers", "text_instead"})


def context_of(parts: Parts, chat: Chat, at: datetime) -> Context:
    """Return the language, place and moment a text is rendered for."""
    set_ = chat.preferences
    return Context(set_.lang, set_.zone, at, set_.country, parts.bot_name)


def spoken(
    parts: Parts, before: Chat, turn: Turn, event: Event, card: Card | None
) -> tuple[Outgoing, ...]:
    """Return the messages of a turn in order.

    A card that is finished loses its buttons and keeps a line that says what was chosen, so that
    the history reads without them. A single navigating message replaces the pressed one.
    """
    says = [effect for effect in turn.effects if isinstance(effect, Say | Attach)]
    moved = turn.chat.revision != before.revision
    alone = says[0] if len(says) == 1 else None
    edited = card is not None and moved and isinstance(alone, Say) and alone.edit
    messages: list[Outgoing] = []
    for say in says:
        if isinstance(say, Attach):
            messages.append(_file(parts, turn.chat, say, event))
        elif edited:
            messages.append(_message(parts, turn.chat, say, event, card))
        else:
            messages += _short(parts, turn.chat, say, event)
    cleared = any(isinstance(effect, ClearTraces) for effect in turn.effects)
    if card is not None and moved and not edited and not cleared:
        messages.insert(0, _closed(card, discreet=turn.chat.preferences.discreet))
    return tuple(messages)


def kind_line(parts: Parts, chat: Chat, words: Words, at: datetime) -> Outgoing:
    """Return one line that leaves the conversation where it was, with SOS and Menu below."""
    context = context_of(parts, chat, at)
    row = tuple(
        ShownButton(label(parts.bundle, button.label, context), button.move) for button in SOS_ROW
    )
    return Outgoing("send", render(parts.bundle, words, context).text, rows=(row,))


def card_from_memory(parts: Parts, chat: Chat, card: str, at: datetime) -> Outgoing:
    """Return a help card with buttons that never grow old; nothing but content is needed."""
    event = CommandGiven(at=at, name="sos")
    more = [option for option in SOS.options if option.move in _FROM_MEMORY]
    rows = (*((Button(option.label, option.move, lasting=True),) for option in more), SOS_ROW)
    said = Say(Words(card, help_lines(chat, event)), rows, tier=Tier.RED)
    return _message(parts, chat, said, event, None)


def _short(parts: Parts, chat: Chat, say: Say, event: Event) -> Iterator[Outgoing]:
    """Yield a message, or several where a list made it long; its buttons stand below the last."""
    whole = _message(parts, chat, say, event, None)
    styled = Rendered(whole.text, tuple(Entity(*entity) for entity in whole.entities))
    *before, last = in_pieces(styled, LONGEST_MESSAGE)
    for piece in before:
        yield replace(whole, text=piece.text, entities=_plain(piece), rows=())
    yield replace(whole, text=last.text, entities=_plain(last))


def _plain(rendered: Rendered) -> tuple[tuple[str, int, int], ...]:
    return tuple((e.type, e.offset, e.length) for e in rendered.entities)


def _message(parts: Parts, chat: Chat, say: Say, event: Event, card: Card | None) -> Outgoing:
    bundle, context = parts.bundle, context_of(parts, chat, event.at)
    rendered = render(bundle, say.text, context)
    return Outgoing(
        op="edit" if card else "send",
        text=rendered.text,
        entities=_plain(rendered),
        rows=tuple(
            tuple(_button(bundle, chat, button, context) for button in row) for row in say.rows
        ),
        message_id=card.message_id if card else None,
        flow=chat.place.flow,
        step=chat.place.step,
        tier=say.tier,
        quiet=say.push and comes_silently(chat, event),
    )


def _file(parts: Parts, chat: Chat, asked: Attach, event: Event) -> Outgoing:
    context = context_of(parts, chat, event.at)
    caption = render(parts.bundle, asked.caption, context)
    return Outgoing(
        op="send",
        text=caption.text,
        entities=_plain(caption),
        flow=chat.place.flow,
        step=chat.place.step,
        file=attachment(parts.bundle, asked, context),
    )


def _button(bundle: Bundle, chat: Chat, button: Button, context: Context) -> ShownButton:
    return ShownButton(
        label=label(bundle, button.label, context),
        move=button.move,
        value=button.value,
        revision=None if button.lasting else chat.revision,
    )


def _closed(card: Card, *, discreet: bool) -> Outgoing:
    """Take a card's buttons away; in discreet mode no line stays that says what was chosen."""
    if discreet:
        return Outgoing(op="close", text="", message_id=card.message_id)
    chosen = f"\n\n› {card.label}" if card.label else ""
    return Outgoing(
        op="close",
        text=f"{card.text}{chosen}",
        entities=card.entities,
        message_id=card.message_id,
    )


def has_words(messages: Sequence[Outgoing]) -> bool:
    """Whether anything new is said."""
    return any(message.op != "close" for message in messages)
