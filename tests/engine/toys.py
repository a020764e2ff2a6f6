"""The smallest house that stands: a menu, one conversation, one module, red and check."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from bot.engine.chat import Chat, Place, Role
from bot.engine.dialogue import Dialogue
from bot.engine.effects import Button, DropReminders, Effect, Say, Value, Words
from bot.engine.events import Event, FollowUpDue, NoticeDue, ReminderDue, TextReceived
from bot.engine.flow import HOME, RESUME, SCALE, Exit, Flow, Move, Step, flow, option
from bot.engine.ways import Shortcut, Ways
from bot.safety.alarm import GREEN

NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
HOME_PLACE = Place("menu", "home")
CHAT = Chat("personaa", Role.PARTNER, (Role.PARTNER,), HOME_PLACE, revision=3, agreed=True)


def is_short(_chat: Chat, event: Event) -> bool:
    """A text of at most five characters."""
    return isinstance(event, TextReceived) and len(event.text.strip()) <= 5


def never(_chat: Chat, _event: Event) -> bool:
    """A guard that always refuses."""
    return False


def _count(chat: Chat, _event: Event) -> Mapping[str, Value]:
    return {"revision": chat.revision}


def _two(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (Button(Words("button.one"), "pick", "1"), Button(Words("button.two"), "pick", "2"))


def _drop(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return chat, (DropReminders(),)


def _green(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, alarm=GREEN), ()


MENU = flow(
    "menu",
    (Step("home", (Words("menu.home"),), (option("button.talk", "talk"),), edits=True),),
    (Move("talk", "home", Exit("talk")),),
)
TALK = flow(
    "talk",
    (
        Step(
            "name",
            (Words("talk.hello"), Words("talk.name")),
            (option("button.skip", "skip"), option("button.hidden", "hidden", never)),
            reads="typed",
            own_words=True,
            retry=Words("talk.too_long"),
            values=_count,
        ),
        Step("pick", (Words("talk.pick"),), choices=_two),
        Step("sure", (Words("talk.sure"),), scale=True),
        Step("end", (Words("talk.end"),), (option("button.home", "home"),)),
    ),
    (
        Move("typed", "name", "pick", when=is_short, keeps="name", says=(Words("talk.nice"),)),
        Move("skip", "name", "pick", does=_drop),
        Move("hidden", "name", "end", when=never),
        Move("pick", "pick", "sure", keeps="picked"),
        Move(SCALE, "sure", "end", keeps="sure"),
        Move("home", "end", Exit(HOME)),
        Move("module", "end", Exit("module", keeps=("name",), sets=MappingProxyType({"a": "b"}))),
    ),
    ends=frozenset({"end"}),
    moved={"old_name": "name"},
    resumable=True,
)
MODULE = Flow(
    "module",
    "start",
    MappingProxyType(
        {
            "start": Step(
                "start",
                (Words("module.start"),),
                (option("button.on", "close"),),
                variants=MappingProxyType(
                    {"no_therapist": Step("start", (Words("module.start_alone"),))}
                ),
            ),
            "close": Step("close", (Words("module.close"),)),
        }
    ),
    (Move("close", "start", "close"),),
    ends=frozenset({"close"}),
    resumable=True,
    module=True,
)
RED = flow(
    "red",
    (
        Step("card", (Words("red.card"),), (option("button.safe", "safe"),)),
        Step("again", (Words("red.again"),), (option("button.safe", "safe"),)),
    ),
    (
        Move("safe", "card", Exit(HOME), does=_green),
        Move("safe", "again", Exit(RESUME), does=_green),
    ),
)
CHECK = flow(
    "check",
    (Step("question", (Words("check.question"),), (option("button.no", "no"),)),),
    (Move("no", "question", Exit(RESUME), does=_green),),
)
OPEN = flow(
    "open",
    (Step("here", (Words("open.here"),), (option("button.home", "home"),)),),
    (Move("home", "here", Exit(HOME)),),
)


def _home(_chat: Chat, _event: Event) -> Place:
    return HOME_PLACE


def _again(_chat: Chat, _event: Event) -> Place:
    return Place("red", "again")


def _open(_chat: Chat, _event: Event) -> Place:
    return Place("open", "here")


def _noticed(_chat: Chat, _event: Event) -> Place:
    return Place("open", "here")


def _pushed(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return chat, (Say(Words("pushed"), push=True),)


WAYS = Ways(
    home=_home,
    shortcuts=MappingProxyType(
        {
            "menu": Shortcut(_home),
            "open": Shortcut(_open, does=_drop, in_red=True),
            "sos": Shortcut(
                aside=Step("sos", (Words("sos"),), (option("button.back", "back"),)), in_red=True
            ),
            "back": Shortcut(in_red=True),
        }
    ),
    red=Place("red", "card"),
    red_again=_again,
    raised=_drop,
    open_in_red=frozenset({"red", "open"}),
    check=Place("check", "question"),
    amber=_noticed,
    arrivals=MappingProxyType(dict.fromkeys((ReminderDue, NoticeDue, FollowUpDue), _pushed)),
    invited=_drop,
    arrive_at=_open,
)
FLOWS = (MENU, TALK, MODULE, RED, CHECK, OPEN)
HOUSE = Dialogue(FLOWS, WAYS)
