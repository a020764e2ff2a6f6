"""Privacy in plain words, and erasing everything after one confirmation."""

from bot.engine.chat import Chat, Place
from bot.engine.effects import Button, Effect, ErasePerson, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows.red import help_lines
from bot.flows.traces import traces_button


def privacy(_chat: Chat, _event: Event) -> Place:
    """Where `/privacy` leads."""
    return Place("privacy", "summary")


def delete(chat: Chat, _event: Event) -> Place:
    """Where `/delete` leads: in RED the card comes once before the question."""
    return Place("privacy", "delete_in_red" if chat.alarm.closed else "delete")


def _erase(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return chat, (ErasePerson(),)


def _in_red(chat: Chat, _event: Event) -> bool:
    return chat.alarm.closed


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


def _start_over(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    """A lasting button: nothing is left that could know a revision."""
    return (Button(Words("button.start_over"), "start", lasting=True),)


def _traces(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (traces_button(),)


FLOW: Flow = flow(
    "privacy",
    (
        Step(
            "summary",
            (Words("privacy.summary"), Words("privacy.who_sees")),
            (
                option("button.tell_me_more", "more"),
                option("button.my_data", "data"),
                option("button.delete", "delete"),
                option("button.resume", "resume", _interrupted),
            ),
        ),
        Step(
            "more",
            (Words("privacy.rights"),),
            (
                option("button.telegram_keeps", "telegram"),
                option("button.my_data", "data"),
                option("button.delete", "delete"),
                option("button.resume", "resume", _interrupted),
            ),
        ),
        Step(
            "telegram",
            (
                Words("privacy.telegram"),
                Words("privacy.telegram_48"),
                Words("privacy.telegram_chat"),
            ),
            (option("button.back", "back"),),
            choices=_traces,
        ),
        Step(
            "delete",
            (Words("privacy.delete"),),
            (option("button.delete_yes", "yes"), option("button.delete_no", "no")),
        ),
        Step(
            "delete_in_red",
            (Words("red.delete_first"), Words("privacy.delete")),
            (option("button.delete_yes", "yes"), option("button.delete_no", "no")),
            values=help_lines,
        ),
        Step("erased", (Words("privacy.erased"),), choices=_start_over),
    ),
    (
        Move("more", "summary", "more"),
        Move("delete", "summary", "delete_in_red", when=_in_red),
        Move("delete", "summary", "delete"),
        Move("resume", "summary", Exit(RESUME), when=_interrupted),
        Move("data", "summary", Exit("my_data")),
        Move("telegram", "more", "telegram"),
        Move("data", "more", Exit("my_data")),
        Move("delete", "more", "delete_in_red", when=_in_red),
        Move("delete", "more", "delete"),
        Move("resume", "more", Exit(RESUME), when=_interrupted),
        Move("back", "telegram", "more"),
        Move("yes", "delete", "erased", does=_erase),
        Move("no", "delete", Exit(HOME)),
        Move("yes", "delete_in_red", "erased", does=_erase),
        Move("no", "delete_in_red", Exit(HOME)),
    ),
)
