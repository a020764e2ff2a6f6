"""RED, CHECK and SOS: the cards and the way out of them. The rules are safety.md's.

`card` and `again` stand for level RED; `numbers_again` and `followup` for RED_FOLLOWUP. Nothing
here asks for more than one press, and every step shows a number first.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.engine.chat import Chat, Place, Role
from bot.engine.effects import (
    Button,
    DropReminders,
    Effect,
    Entry,
    NoteTier,
    PlanFollowUp,
    Value,
    Words,
)
from bot.engine.events import ButtonPressed, Event, TextReceived, Worded
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows.traces import traces_button
from bot.safety.alarm import (
    GREEN,
    Card,
    Level,
    Question,
    may_write_first,
    next_question,
    question_of,
    raise_red,
    silences_reminders,
)
from bot.safety.reading import About, Tier

FOLLOW_UP_AFTER = timedelta(hours=24)

CARD = Place("red", "card")

_VIOLENCE = {Card.VIOLENCE, Card.VIOLENCE_UNCLEAR}
# What a pending question was about, once the answer is no: whom to turn to instead.
_AMBER_AFTER_NO = {"R5": "A3", "R6": "A5", "R7": "A7", "R8": "A9"}


def help_lines(chat: Chat, _event: Event) -> Mapping[str, Value]:
    """The numbers of the person's country, as they are at this moment."""
    country = chat.preferences.country or ""
    kinds = ("emergency", "medical", "line", "violence", "child")
    shown: dict[str, Value] = {kind: Entry("contacts", country, kind) for kind in kinds}
    shown["numbers"] = Entry("contacts", country, "others")
    shown["ways"] = Entry("contacts", country, "ways")
    return shown


def red_place(chat: Chat, _event: Event) -> Place:
    """Where a closed alarm answers whatever is not about safety."""
    asking = chat.alarm.level is Level.FOLLOWUP
    return Place("red", "followup" if asking else "again")


def danger_now(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """The person says there is danger now: RED, with the card that stands or the one for any."""
    alarm = raise_red(chat.alarm, chat.alarm.trigger or "R3", About.UNCLEAR, event.at)
    chat = replace(chat, alarm=replace(alarm, card=chat.alarm.card or Card.DANGER))
    # Nobody knows what kind of danger: nothing is written first.
    return chat, (NoteTier(Tier.RED, alarm.trigger or "R3"), DropReminders())


def red_card(_chat: Chat, _event: Event) -> Place:
    """The card itself."""
    return CARD


def raised(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """What RED asks for beside its card: a note, no reminder, one follow-up if agreed to."""
    heard = event.reading.trigger if isinstance(event, Worded) else None
    noted = NoteTier(Tier.RED, heard or chat.alarm.trigger or "R3")
    if chat.preferences.follow_up and may_write_first(chat.alarm):
        return chat, (noted, DropReminders(), PlanFollowUp(FOLLOW_UP_AFTER))
    return chat, (noted, DropReminders())


def _card(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words(f"card.{chat.alarm.card or Card.SELF}"),)


def _to_follow_up(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, alarm=replace(chat.alarm, level=Level.FOLLOWUP)), ()


def _back_to_red(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    alarm = replace(chat.alarm, level=Level.RED, heard_at=event.at)
    noted = NoteTier(Tier.RED, alarm.trigger or "R3")
    return replace(chat, alarm=alarm), (noted, DropReminders())


def _afterwards(chat: Chat, event: Event) -> Mapping[str, Value]:
    """The numbers, and what stays off: goals and reminders are a partner's alone."""
    has_goals = Role.PARTNER in {chat.role, *chat.roles}
    stays = Words("followup.stays_off" if has_goals else "followup.stays")
    return {**help_lines(chat, event), "stays": stays}


def _safe(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, alarm=GREEN, goals_off=True), (DropReminders(),)


def _check_yes(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Yes and not sure: the card of what was read, and of whoever is meant."""
    chosen = event.value if isinstance(event, ButtonPressed) else ""
    about = {"me": About.SELF, "other": About.OTHER}.get(chosen, About.UNCLEAR)
    alarm = raise_red(chat.alarm, chat.alarm.trigger or "R3", about, event.at)
    if question_of(chat.alarm) is Question.DANGER:
        alarm = replace(alarm, card=chat.alarm.card)
    return raised(replace(chat, alarm=alarm), event)


# The button that a short answer stands for; the words stand in content (`wishes.yaml`).
_ANSWERS = {
    "yes": ("yes", ""),
    "yes_me": ("yes", "me"),
    "yes_other": ("yes", "other"),
    "unsure": ("yes", "unsure"),
    "no": ("no", ""),
}


def answered(chat: Chat, event: TextReceived) -> ButtonPressed | None:
    """Return the button of CHECK that a text stands for; only the exact words of an answer do.

    A no counts where nothing doubtful was read in it. After a day a reminder may have asked
    something else, so that nobody knows what was answered.
    """
    wish = event.reading.wish
    doubtful = wish == "no" and event.reading.tier is not Tier.NONE
    if wish not in _ANSWERS or doubtful or not silences_reminders(chat.alarm, event.at):
        return None
    move, value = _ANSWERS[wish]
    return ButtonPressed(
        at=event.at, seed=event.seed, move=move, value=value, revision=chat.revision
    )


def _asks_next(chat: Chat, _event: Event) -> bool:
    return next_question(chat.alarm) is not None


def _ask_next(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, alarm=next_question(chat.alarm) or chat.alarm), ()


def _question(chat: Chat, _event: Event) -> tuple[Words, ...]:
    is_danger = question_of(chat.alarm) is Question.DANGER
    return (Words("check.danger" if is_danger else "check.question"),)


def _check_no(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Calm again; what led to the question still deserves its amber, once."""
    fitting = _fitting_amber(chat)
    chat = replace(chat, alarm=GREEN)
    if fitting is None:
        return chat, ()
    place = Place("amber", "prompt", {"trigger": fitting})
    return replace(chat, place=place), (NoteTier(Tier.AMBER, fitting),)


def _fitting_amber(chat: Chat) -> str | None:
    """The amber for what was read; its words are for a partner only."""
    if chat.role in {Role.PATIENT, Role.THERAPIST}:
        return None
    if chat.alarm.card is Card.SELF:
        return "A6"
    return _AMBER_AFTER_NO.get(chat.alarm.trigger or "", "A1")


def _has_amber(chat: Chat, _event: Event) -> bool:
    return _fitting_amber(chat) is not None


def _noticed(chat: Chat, _event: Event) -> Place:
    return chat.place


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


def _check_choices(chat: Chat, event: Event) -> tuple[Button, ...]:
    if question_of(chat.alarm) is Question.DANGER:
        return (
            Button(Words("button.check_yes"), "yes", "now"),
            Button(Words("button.check_unsure"), "yes", "unsure"),
            Button(Words("button.check_no"), "no"),
            *_traces(chat, event),
        )
    return (
        Button(Words("button.check_me"), "yes", "me"),
        Button(Words("button.check_other"), "yes", "other"),
        Button(Words("button.check_unsure"), "yes", "unsure"),
        Button(Words("button.check_no"), "no"),
    )


def _traces(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Where violence is near, what stands here must be able to go (safety.md, "Cards")."""
    near = chat.alarm.trigger == "R7" or chat.alarm.card in _VIOLENCE
    return (traces_button(),) if near else ()


_CARD_OPTIONS = (
    option("button.more_numbers", "numbers"),
    option("button.text_instead", "write"),
    option("button.safe_now", "safe_now"),
    option("button.not_this", "not_this"),
)
_FOLLOWUP_OPTIONS = (
    option("button.safe", "safe"),
    option("button.not_sure", "not_sure"),
    option("button.in_danger", "danger"),
)

RED: Flow = flow(
    "red",
    (
        Step("card", _card, _CARD_OPTIONS, choices=_traces, values=help_lines),
        Step("again", (Words("card.again"),), _CARD_OPTIONS, choices=_traces, values=help_lines),
        Step(
            "numbers",
            (Words("card.numbers"),),
            _CARD_OPTIONS[1:],
            choices=_traces,
            values=help_lines,
        ),
        Step(
            "write",
            (Words("card.text_instead"),),
            (_CARD_OPTIONS[0], *_CARD_OPTIONS[2:]),
            choices=_traces,
            values=help_lines,
        ),
        Step(
            "numbers_again",
            (Words("card.numbers_once_more"),),
            (option("button.in_danger", "danger"), option("button.go_on", "go_on")),
            values=help_lines,
        ),
        Step("followup", (Words("followup.question"),), _FOLLOWUP_OPTIONS, values=_afterwards),
    ),
    (
        *(
            Move(name, source, dest, does=act)
            for source in ("card", "again", "numbers", "write")
            for name, dest, act in (
                ("numbers", "numbers", None),
                ("write", "write", None),
                ("safe_now", "numbers_again", _to_follow_up),
                ("not_this", "numbers_again", _to_follow_up),
            )
            if name != source
        ),
        Move("danger", "numbers_again", "card", does=_back_to_red),
        Move("go_on", "numbers_again", "followup"),
        Move("safe", "followup", Exit(HOME), does=_safe, says=(Words("followup.safe"),)),
        Move("not_sure", "followup", "card", does=_back_to_red),
        Move("danger", "followup", "card", does=_back_to_red),
    ),
)

CHECK: Flow = flow(
    "check",
    (
        Step(
            "question",
            _question,
            choices=_check_choices,
            values=help_lines,
        ),
        Step(
            "after_no",
            (Words("check.no"),),
            (option("button.resume", "resume", _interrupted), option("button.to_menu", "home")),
            values=help_lines,
        ),
    ),
    (
        Move("yes", "question", Exit("red", "card"), does=_check_yes),
        Move("no", "question", "question", when=_asks_next, does=_ask_next),
        Move(
            "no",
            "question",
            Exit("amber", "prompt"),
            when=_has_amber,
            does=_check_no,
            leads=_noticed,
            says=(Words("check.no"),),
        ),
        Move("no", "question", "after_no", does=_check_no),
        Move("resume", "after_no", Exit(RESUME), when=_interrupted),
        Move("home", "after_no", Exit(HOME)),
    ),
)


SOS = Step(
    "sos",
    (Words("card.sos"),),
    (
        option("button.danger_now", "danger_now"),
        option("button.more_numbers", "more_numbers"),
        option("button.text_instead", "text_instead"),
        option("button.back_to_before", "again"),
    ),
    values=help_lines,
)
MORE_NUMBERS = Step("more_numbers", (Words("card.numbers"),), SOS.options[::3], values=help_lines)
TEXT_INSTEAD = Step(
    "text_instead", (Words("card.text_instead"),), SOS.options[::3], values=help_lines
)
