"""The patient's word on the signs the partner proposed: one at a time, and never for good."""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Chat, Place, Role, Scope, Sign
from bot.engine.effects import AnswerSign, Button, Effect, Notify, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, PAGE, Act, Exit, Flow, Move, Step, flow, option
from bot.flows.listed_signs import APPROVED, PROPOSED, sign_label, sign_text, with_signs
from bot.flows.paging import page

Done = tuple[Chat, tuple[Effect, ...]]


def proposed(chat: Chat) -> tuple[Sign, ...]:
    """The signs that wait for the patient's word."""
    return tuple(sign for sign in _open(chat) if sign.state == PROPOSED)


def approved(chat: Chat) -> tuple[Sign, ...]:
    """The signs the patient said yes to."""
    return tuple(sign for sign in _open(chat) if sign.state == APPROVED)


def has_signs(chat: Chat, _event: Event) -> bool:
    """There is a sign to decide on, or a yes to take back."""
    return bool(proposed(chat) or approved(chat))


def _open(chat: Chat) -> tuple[Sign, ...]:
    case = chat.case
    if case is None or chat.role is not Role.PATIENT or Scope.SIGNS not in case.scopes:
        return ()
    return case.signs


def _first(chat: Chat) -> Sign | None:
    """The one asked about; the oldest that waits, if that one is gone."""
    asked = chat.memory.get("sign")
    return next((s for s in proposed(chat) if s.id == asked), next(iter(proposed(chat)), None))


def _question(chat: Chat, _event: Event) -> tuple[Words, ...]:
    if proposed(chat):
        return (Words("approval.question"),)
    return (Words("approval.all_answered" if approved(chat) else "approval.none"),)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    first = _first(chat)
    taken = next((s for s in approved(chat) if s.id == chat.memory.get("taken")), None)
    return {
        "sign": sign_text(first) if first else "",
        "left": len(proposed(chat)),
        "taken": sign_text(taken) if taken else "",
    }


def _answer_choices(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Yes and no first, then what was said before; leaving it for now is an answer, too."""
    first = _first(chat)
    words = ("yes", "no") if first else ()
    answers = [Button(Words(f"button.sign_{w}"), w, first.id if first else "") for w in words]
    if approved(chat):
        answers.append(Button(Words("button.my_yes"), "yeses"))
    return (*answers, Button(Words("button.not_now"), "home"))


def _asked(chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in {s.id for s in proposed(chat)}


def _word(*, yes: bool) -> Act:
    def answer(chat: Chat, event: Event) -> Done:
        which = event.value if isinstance(event, ButtonPressed) else ""
        return _answered(chat, which, yes=yes)

    return answer


def _take_back(chat: Chat, _event: Event) -> Done:
    return _answered(chat, chat.memory.get("taken", ""), yes=False)


def _answered(chat: Chat, which: str, *, yes: bool) -> Done:
    """Take the patient's word; the partner is told once, when nothing waits any more."""
    case = chat.case
    if case is None:
        return chat, ()
    kept = tuple(
        replace(s, state=APPROVED) if s.id == which else s
        for s in case.signs
        if yes or s.id != which
    )
    chat = with_signs(replace(chat, place=Place("approval", "question")), kept)
    told = () if proposed(chat) else (Notify(case.id, Role.PARTNER, "sign_answered"),)
    return chat, (AnswerSign(case.id, which, yes), *told)


def _has_approved(chat: Chat, _event: Event) -> bool:
    return bool(approved(chat))


def _of_approved(chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in {s.id for s in approved(chat)}


def _still_approved(chat: Chat, _event: Event) -> bool:
    return chat.memory.get("taken", "") in {s.id for s in approved(chat)}


def _approved_choices(chat: Chat, _event: Event) -> tuple[Button, ...]:
    buttons = [Button(sign_label(sign), "taken", sign.id) for sign in approved(chat)]
    return page(buttons, chat, beside=1)


FLOW: Flow = flow(
    "approval",
    (
        Step(
            "question",
            _question,
            choices=_answer_choices,
            values=_values,
            retry=Words("signs.changed"),
            edits=True,
        ),
        Step(
            "yeses",
            (Words("approval.yeses"),),
            (option("button.back", "back"),),
            choices=_approved_choices,
            retry=Words("signs.changed"),
            edits=True,
        ),
        Step(
            "take_back",
            (Words("approval.take_back"),),
            (option("button.take_back", "confirm"), option("button.back", "back")),
            values=_values,
            edits=True,
        ),
    ),
    (
        Move(
            "yes",
            "question",
            "question",
            when=_asked,
            does=_word(yes=True),
            says=(Words("approval.yes"),),
        ),
        Move(
            "no",
            "question",
            "question",
            when=_asked,
            does=_word(yes=False),
            says=(Words("approval.no"),),
        ),
        Move("yeses", "question", "yeses", when=_has_approved),
        Move("home", "question", Exit(HOME)),
        Move("taken", "yeses", "take_back", when=_of_approved, keeps="taken"),
        Move("more", "yeses", "yeses", keeps=PAGE),
        Move("back", "yeses", "question"),
        Move(
            "confirm",
            "take_back",
            "question",
            when=_still_approved,
            does=_take_back,
            says=(Words("approval.taken_back"),),
        ),
        Move("confirm", "take_back", "yeses"),
        Move("back", "take_back", "yeses"),
    ),
)
