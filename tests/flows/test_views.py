"""docs/methods.md says what of a case is shown to whom, and where; here it is looked for (P9).

A field counts as shown where a message or a button changes with it. What a role may see at all is
decided in store/sight.py (tests/services/test_matrix.py); here it is seen where it is shown.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from bot.engine.chat import LEFT, Call, Case, Chat, Goal, Office, Plan, Request, Role, Sign
from bot.engine.events import CommandGiven
from tests.flows.reach import pages
from tests.flows.test_tracks import METHODS, WHOLE, steps_of
from tests.starts import EVENING
from tests.telling import said

PEOPLE = (
    "partner_unagreed",
    "partner_everything",
    "partner_requested",
    "partner_bereaved",
    "patient_asked",
    "patient_bereaved",
    "therapist_everything",
    "therapist_paper",
)
# Which case it is and whose it is: no content, but what everything else hangs on.
NOT_SHOWN = frozenset({"id", "mine", "open", "scopes"})

OTHERWISE: Mapping[str, Callable[[Any], object]] = {
    "partner_joined": lambda joined: not joined,
    "patient_joined": lambda joined: not joined,
    "confirmed": lambda confirmed: not confirmed,
    "number": lambda _: "0007",
    "label": lambda _: "another word",
    "modules": lambda _: ("own_load", "small_steps"),
    "contact_details": lambda _: "another number",
    "requests": lambda _: (Request("another", EVENING, seen_at=EVENING),),
    "shared": lambda _: (Goal("another", words="another goal", own=False),),
    "signs": lambda _: (Sign("another", words="another sign", state="approved"),),
    "plan": lambda _: Plan(words="other words", whom="doctor"),
    "given_on": lambda _: date(2026, 12, 24),
    "until": lambda _: date(2027, 6, 24),
    "recorded_on": lambda day: None if day else date(2027, 2, 3),
    "agreed_on": lambda _: date(2027, 2, 4),
    "never": lambda topics: frozenset({"children"}) ^ topics,
    "call": lambda call: None if call else Call(EVENING),
    "style": lambda style: "task" if style != "task" else "comfort",
    "office": lambda _: Office(days=(6,), cover="another practice"),
    "ending": lambda ending: "" if ending else "moved",
    "told": lambda told: not told,
    "news": lambda news: frozenset({"consent", LEFT}) - news,
}


def _documented() -> dict[tuple[str, str], set[str]]:
    table = METHODS.read_text("utf-8").split("## Who is shown what", 1)[1]
    return {
        (who, flow): set(re.findall(r"`(\w+)`", shown))
        for who, flow, shown in re.findall(
            r"^\| (\w+) \| `(\w+)` \| ([^|]+) \|", table, re.MULTILINE
        )
    }


def _seen(chat: Chat) -> object:
    turn = WHOLE.turn(chat, CommandGiven(at=EVENING, name="again"))
    return [(say.text, say.rows) for say in said(turn)]


def _with(chat: Chat, name: str) -> Chat:
    """The same chat, where one thing about its cases is otherwise."""
    change = OTHERWISE[name]
    cases = tuple(replace(c, **{name: change(getattr(c, name))}) for c in chat.cases)
    return replace(chat, cases=cases)


@cache
def shown() -> Mapping[tuple[str, str], set[str]]:
    """What is shown: role and flow, and the fields of a case that change what stands there.

    Modules are left out: a style chooses among their variants, a topic hides them whole.
    """
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for person in PEOPLE:
        for chat in pages(steps_of(person)):
            if WHOLE.flows[chat.place.flow].module:
                continue
            before = _seen(chat)
            for name in OTHERWISE:
                if _seen(_with(chat, name)) != before:
                    found[chat.role, chat.place.flow].add(name)
    return found


def test_every_field_of_a_case_is_looked_for() -> None:
    """A new field says how it could be otherwise, and the document where it is shown."""
    assert set(OTHERWISE) | NOT_SHOWN == {field.name for field in fields(Case)}


def test_P9_everybody_is_shown_what_the_document_says_and_nothing_else() -> None:
    """Row by row; whoever shows something new adds it there, and has to think of who it is for."""
    found, told = shown(), _documented()
    differing = {
        row: (sorted(found.get(row, ())), sorted(told.get(row, ())))
        for row in {*found, *told}
        if found.get(row, set()) != told.get(row, set())
    }
    assert differing == {}, "role and flow: what is shown, what should be by docs/methods.md"


# What a role is never shown, whoever may have it in the same chat (store/sight.py).
NEVER: Mapping[Role, frozenset[str]] = {
    Role.PARTNER: frozenset({"number", "label", "shared", "call", "news", "patient_joined"}),
    Role.PATIENT: frozenset(
        {"label", "requests", "contact_details", "office", "plan", "style", "news", "agreed_on"}
    ),
    Role.THERAPIST: frozenset({"shared", "signs", "plan", "never", "contact_details"}),
}


@pytest.mark.parametrize("role", NEVER)
def test_P9_no_row_of_the_document_shows_a_role_what_it_never_sees(role: Role) -> None:
    """Not even where somebody wrote it into a row."""
    for (who, flow), names in _documented().items():
        assert who != role or not names & NEVER[role], flow
