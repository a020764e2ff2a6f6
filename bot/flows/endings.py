"""Endings (M30): a therapist closes a case, a partner leaves, somebody dies.

Every push stops at once. The partner and the patient get one neutral text, chosen by the therapist;
after a death nobody is written to, and whoever is left is met by a card when they come back.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import LEFT, SURVIVORS, Case, Chat, Place, Role
from bot.engine.effects import (
    Button,
    CloseCase,
    DropReminders,
    Effect,
    LeaveCase,
    NoteTold,
    Notify,
    Value,
    Words,
)
from bot.engine.events import Event, NoticeDue
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.engine.ways import Opening
from bot.flows.caseload import Done, chosen, given, values, with_case
from bot.flows.red import help_lines

WITH_TEXT = ("ended", "separated", "moved")
WORDINGS = ("1", "2")
TEXTS = (*(f"{ending}_{n}" for ending in WITH_TEXT for n in WORDINGS), LEFT)
"""What a partner or patient may be told of a case that was closed."""


# --- the therapist closes a case ------------------------------------------------------------


def _there(chat: Chat, _event: Event) -> bool:
    case = chosen(chat)
    return case is not None and case.open


def _gone(chat: Chat, event: Event) -> bool:
    return not _there(chat, event)


def _may_close(chat: Chat, event: Event) -> bool:
    return _there(chat, event) and given(event) in WORDINGS


def _wordings(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """Both wordings as they would arrive, then the question."""
    why = chat.memory.get("why", WITH_TEXT[0])
    shown = [
        Words("ending.wording", {"n": int(n), "text": Words(f"ending.text_{why}_{n}")})
        for n in WORDINGS
    ]
    return (*shown, Words("ending.which"))


def _wording_buttons(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"button.wording_{n}"), "close", n) for n in WORDINGS)


def _close(chat: Chat, event: Event) -> Done:
    """Close the case, and have both told in the wording that was chosen."""
    case = chosen(chat)
    if case is None:
        return chat, ()
    about = f"{chat.memory['why']}_{given(event)}"
    told = tuple(Notify(case.id, to, "case_closed", about) for to in (Role.PARTNER, Role.PATIENT))
    return _closed(chat, case), (CloseCase(case.id, chat.memory["why"]), *told)


def _close_silently(chat: Chat, _event: Event) -> Done:
    """Close the case after a death: nobody is written to."""
    case = chosen(chat)
    if case is None:
        return chat, ()
    return _closed(chat, case), (CloseCase(case.id, chat.memory["why"]),)


def _closed(chat: Chat, case: Case) -> Chat:
    kept = Case(case.id, case.mine, open=False, label=case.label, number=case.number)
    return with_case(chat, kept)


# --- the partner leaves ---------------------------------------------------------------------


def _in_a_case(chat: Chat, _event: Event) -> bool:
    return chat.role is Role.PARTNER and chat.case is not None


def _path(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("ending.path" if _in_a_case(chat, event) else "ending.in_no_case"),)


def _beside_the_path(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (
        Button(Words("button.agreement"), "agreement", lasting=True),
        Button(Words("button.help"), "help", lasting=True),
    )


def _leaving(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("ending.leave" if _in_a_case(chat, event) else "ending.in_no_case"),)


def _leave(chat: Chat, _event: Event) -> Done:
    """Leave: the case is closed, whoever leads the therapy is told so, the patient neutrally."""
    case = chat.case
    if case is None:
        return chat, ()
    told: tuple[Effect, ...] = (
        Notify(case.id, Role.THERAPIST, "partner_left"),
        Notify(case.id, Role.PATIENT, "case_closed", LEFT),
    )
    goals = tuple(goal for goal in chat.goals if goal.own)
    chat = with_case(replace(chat, goals=goals), Case(case.id, case.mine, open=False))
    return chat, (LeaveCase(case.id), *told)


# --- somebody died --------------------------------------------------------------------------


def _waits_for(chat: Chat, role: Role) -> Case | None:
    """The case whose ending somebody bereaved has not met yet, in a role of theirs."""
    mine = (c for c in chat.cases if c.mine is role and not c.open and not c.told)
    return next((c for c in mine if SURVIVORS.get(c.ending) is role), None)


def first(chat: Chat, _event: Event) -> Opening | None:
    """After a death a chat opens on the card that waits for the bereaved, once."""
    case = _waits_for(chat, chat.role)
    if case is None:
        return None
    chat = with_case(replace(chat, goals_off=True, paused=None), replace(case, told=True))
    return Opening(chat, Place("ending", "bereaved"), (NoteTold(case.id), DropReminders()))


def hushed(chat: Chat, event: Event) -> bool:
    """Whether nothing may be pushed: a card waits. A therapist's worklist is never hushed."""
    if isinstance(event, NoticeDue) and event.kind in WORKLIST:
        return False
    return any(_waits_for(chat, role) for role in set(SURVIVORS.values()))


WORKLIST = frozenset(
    {
        "partner_joined",
        "patient_joined",
        "consent_given",
        "consent_revoked",
        "contact_requested",
        "partner_left",
        "call_asked",
    }
)
"""The notices that are a therapist's work."""


def _numbers(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (Button(Words("button.more_numbers"), "more_numbers", lasting=True),)


def _values(chat: Chat, event: Event) -> Mapping[str, Value]:
    return {**values(chat, event), **help_lines(chat, event)}


def _therapist_steps() -> tuple[Step, ...]:
    return (
        Step(
            "why",
            (Words("ending.why"),),
            (
                option("button.therapy_ended", "ended"),
                option("button.separated", "separated"),
                option("button.moved", "moved"),
                option("button.death", "death"),
            ),
            values=_values,
            edits=True,
        ),
        Step(
            "who",
            (Words("ending.who"),),
            (
                option("button.death_patient", "patient"),
                option("button.death_partner", "partner"),
                option("button.back", "back"),
            ),
            values=_values,
        ),
        Step(
            "wording",
            _wordings,
            (option("button.back", "back"),),
            choices=_wording_buttons,
            values=_values,
        ),
        Step(
            "silently",
            (Words("ending.silently"),),
            (option("button.close_yes", "yes"), option("button.back", "back")),
            values=_values,
        ),
    )


class _Reason:
    """Keep why a case is closed."""

    def __init__(self, why: str) -> None:
        self._why = why

    def __call__(self, chat: Chat, _event: Event) -> Done:
        memory = {**chat.memory, "why": self._why}
        return replace(chat, place=replace(chat.place, memory=memory)), ()


def _therapist_moves() -> tuple[Move, ...]:
    done = (Words("therapist.case_closed"),)
    return (
        *(Move(why, "why", "wording", does=_Reason(why)) for why in WITH_TEXT),
        Move("death", "why", "who"),
        Move("patient", "who", "silently", does=_Reason("death_patient")),
        Move("partner", "who", "silently", does=_Reason("death_partner")),
        Move("back", "who", "why"),
        Move(
            "close",
            "wording",
            Exit("therapist", "home"),
            when=_may_close,
            does=_close,
            says=done,
        ),
        Move("close", "wording", Exit("therapist", "cases"), when=_gone),
        Move("back", "wording", "why"),
        Move(
            "yes",
            "silently",
            Exit("therapist", "home"),
            when=_there,
            does=_close_silently,
            says=done,
        ),
        Move("yes", "silently", Exit("therapist", "cases")),
        Move("back", "silently", "who"),
    )


FLOW: Flow = flow(
    "ending",
    (
        *_therapist_steps(),
        Step(
            "path",
            _path,
            (option("button.leave", "leave", _in_a_case), option("button.to_menu", "home")),
            choices=_beside_the_path,
            edits=True,
        ),
        Step(
            "leave",
            _leaving,
            (option("button.leave_yes", "yes", _in_a_case), option("button.to_menu", "home")),
        ),
        Step(
            "left",
            (Words("ending.left"),),
            (option("button.delete", "delete"), option("button.to_menu", "home")),
        ),
        Step(
            "bereaved",
            (Words("ending.bereaved"), Words("ending.bereaved_help")),
            (option("button.what_stays", "stays"), option("button.to_menu", "home")),
            choices=_numbers,
            values=_values,
        ),
        Step(
            "stays",
            (Words("ending.bereaved_stays"),),
            (option("button.delete", "delete"), option("button.to_menu", "home")),
        ),
    ),
    (
        *_therapist_moves(),
        Move("leave", "path", "leave", when=_in_a_case),
        Move("home", "path", Exit(HOME)),
        Move("yes", "leave", "left", when=_in_a_case, does=_leave),
        Move("home", "leave", Exit(HOME)),
        Move("delete", "left", Exit("privacy", "delete")),
        Move("home", "left", Exit(HOME)),
        Move("stays", "bereaved", "stays"),
        Move("home", "bereaved", Exit(HOME)),
        Move("delete", "stays", Exit("privacy", "delete")),
        Move("home", "stays", Exit(HOME)),
    ),
)
