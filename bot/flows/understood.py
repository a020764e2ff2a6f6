"""Free text that no step takes: where it leads, by what was read in it. It is never a dead end.

Safety comes before. What reads surely as one thing leads there; what does not is asked back with
the two likeliest answers, and the step stays as it was. The text itself is kept nowhere.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.engine.chance import pick
from bot.engine.chat import Chat, Place, Role
from bot.engine.effects import Button, Effect, NoteTier, Text, Words
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.engine.flow import Lead, Step
from bot.engine.ways import Shortcut
from bot.flows import boundary, coach, let_it_out, reported, settings, wished
from bot.flows.menu import home
from bot.flows.wishes import CONTACT, SETTINGS, TALK
from bot.safety.reading import Tier

Done = tuple[Chat, tuple[Effect, ...]]

KIND = ("greeting", "thanks", "farewell")
TALK_REPLIES = 3
LIKELIEST = 2

# Whoever is asked something that matters there is asked it again.
_STAY = frozenset({"agreement", "ending", "privacy"})
_PROMPT = ("amber", "prompt")


def _at(place: Place) -> Lead:
    def lead(_chat: Chat, _event: Event) -> Place:
        return place

    return lead


def _where_it_stands(chat: Chat, _event: Event) -> Place:
    """Where the act has put the chat."""
    return chat.place


def _sentence(chat: Chat, event: Event) -> Place:
    """A sentence to the loved one; asked back, it has to be typed once more: it was not kept."""
    if isinstance(event, TextReceived):
        return coach.heard(chat, event)
    return Place("coach", "start")


def _risk(chat: Chat, _event: Event) -> Done:
    return chat, (NoteTier(Tier.AMBER, "A12"),)


LEADS: Mapping[str, Shortcut] = MappingProxyType(
    {
        "words": Shortcut(_sentence),
        "will": Shortcut(_at(Place("not_willpower", "lazy"))),
        "done": Shortcut(_where_it_stands, does=reported.reported),
        "messages": Shortcut(wished.asked_for),
        "therapy": Shortcut(_where_it_stands, does=boundary.heard),
        "vent": Shortcut(_at(let_it_out.HEARD)),
        "risk": Shortcut(_at(Place("amber", "prompt", {"trigger": "A12"})), does=_risk),
        "me": Shortcut(_at(Place("own_help", "start"))),
    }
)
"""Where a text leads, by what it is about; the names stand on buttons, too."""

ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "friction": "words",
        "low_friction": "words",
        "lazy_or_ill": "will",
        "done_report": "done",
        "reminder_control": "messages",
        "access_request": "therapy",
        "vent": "vent",
        "risk_question": "risk",
        "partner_exhausted": "me",
    }
)
"""What a label of the understanding is about; the others lead nowhere by themselves."""

_USUAL = ("vent", "words")
_STOP = Shortcut(settings.stopped, does=settings.stop)
_CONTACT = Shortcut(_at(Place("contact_therapist", "start")))


def understood(chat: Chat, event: TextReceived) -> Shortcut | Text | None:
    """Return where a text leads that the step does not take, or what answers it there."""
    place = chat.place
    label = _label(event)
    if (place.flow, place.step) == _PROMPT:
        # Whom to turn to is not lost over another subject; a kind word is answered all the same.
        return _talk(event) if event.reading.wish in TALK else Words("amber.still")
    if not chat.agreed or place.flow in _STAY:
        return None
    if label == "reminder_control" and event.reading.wish == "stop":
        return _STOP
    if chat.role is Role.PARTNER:
        return _partner(event, label)
    if label == "smalltalk_or_offtopic" and event.reading.wish in TALK:
        return _talk(event)
    return Words(f"understood.{chat.role}") if chat.role is not Role.VISITOR else None


def _partner(event: TextReceived, label: str | None) -> Shortcut | Text | None:
    # To be in touch is not to look into the therapy: no label of a whole text outweighs it (A8).
    if event.reading.wish == CONTACT:
        return _CONTACT
    if label == "smalltalk_or_offtopic":
        return _talk(event)
    if label and label in ABOUT:
        return LEADS[ABOUT[label]]
    if event.reading.ruled_out:
        return Words("understood.denied")
    if label == "negated_risk":
        return Words("understood.denied_sos")
    # Where nothing at all was read there is nothing to guess from.
    return Shortcut(aside=UNSURE) if event.reading.label else None


def _label(event: TextReceived) -> str | None:
    """What the text surely is, or what a few clear words show; None when it is to be asked back."""
    reading = event.reading
    if reading.sure:
        return reading.label
    if reading.wish in SETTINGS:
        return "reminder_control"
    return "smalltalk_or_offtopic" if reading.wish in TALK else None


def _talk(event: TextReceived) -> Words:
    """A short human reply to a kind word; the truth about who answers; else what I am here for."""
    wish = event.reading.wish
    if wish in KIND:
        return Words(f"understood.{wish}_{pick(event, wish, TALK_REPLIES) + 1}")
    return Words("understood.person" if wish == "person" else "understood.who")


def likeliest(event: Event) -> tuple[str, ...]:
    """Return the two things a text is likeliest about, the usual ones where too few were read."""
    reading = event.reading if isinstance(event, TextReceived) else None
    read = (reading.label or "", *reading.also) if reading else ()
    found = [*(ABOUT[label] for label in read if label in ABOUT), *_USUAL]
    return tuple(dict.fromkeys(found))[:LIKELIEST]


def _meanings(_chat: Chat, event: Event) -> tuple[Button, ...]:
    """The two likeliest, and the way back; the menu stands below, as everywhere."""
    meant = [
        Button(Words(f"understood.mean_{about}"), "mean", about, lasting=True)
        for about in likeliest(event)
    ]
    return (*meant, Button(Words("button.back_to_before"), "again", lasting=True))


UNSURE = Step("unsure", (Words("understood.unsure"),), choices=_meanings)


def _meant(chat: Chat, event: Event) -> Shortcut | None:
    if not isinstance(event, ButtonPressed) or chat.role is not Role.PARTNER or not chat.agreed:
        return None
    return LEADS.get(event.value)


def _lead(chat: Chat, event: Event) -> Place:
    meant = _meant(chat, event)
    return meant.to(chat, event) if meant and meant.to else home(chat, event)


def _do(chat: Chat, event: Event) -> Done:
    meant = _meant(chat, event)
    return meant.does(chat, event) if meant and meant.does else (chat, ())


MEAN = Shortcut(_lead, does=_do)
"""The button under the question that asks back."""
