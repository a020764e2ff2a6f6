"""docs/methods.md states the track of every flow; here everybody walks everything (M11, P8)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.engine.chat import Call, Case, Chat, Goal, Role, Scope
from bot.engine.effects import (
    AgreeOnUse,
    Button,
    DisagreeOnUse,
    Effect,
    LeaveCase,
    Notify,
    OpenCase,
    Say,
)
from bot.flows.house import dialogue
from tests.conversation import Meanwhile
from tests.flows.reach import Taken, pages, press, shown, walk
from tests.matrix import RIGHTS, every_effect, right
from tests.starts import EVENING, EVERYTHING, MODULES, OFFER, STARTS
from tests.stored import changed
from tests.telling import said, text_id

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"
WHOLE = dialogue(OFFER, MODULES)
PARTNER, PATIENT, THERAPIST = Role.PARTNER, Role.PATIENT, Role.THERAPIST

# The stand-ins of tests for modules that content has not; the document speaks of those it has.
STAND_INS = {"small_steps", "own_load"}
STRANGERS = ("visitor",)
ALONE = ("partner_alone", "partner_waiting", "partner_unagreed", "partner_left")
FULL = ("partner_full", "partner_everything")
PATIENTS = ("patient", "patient_asked", "patient_called", "patient_bereaved")
THERAPISTS = ("therapist_everything", "therapist_paper")

# What is said in a flow of the full track to somebody who has not all keys, and no more.
CLOSED = frozenset({"plan.no_key", "sign_check.gone"})
# Said to whoever presses what is not theirs, so that it looks like what does not exist.
GONE = frozenset({("checkin", "gone")})
# What is asked for of a case without all keys: a partner's own yes and no, and nothing else.
BEFORE_THE_KEYS = (AgreeOnUse, DisagreeOnUse, LeaveCase)


# What the case of `partner_everything` holds under contact, signs and goals.
PLANTED = ("studio 06", "la sera resta in macchina", "due passi insieme")


@dataclass(frozen=True, slots=True)
class Row:
    """What the document says of one flow."""

    who: frozenset[Role]
    tracks: tuple[str, ...]
    scopes: frozenset[str]


def _rows() -> Mapping[str, Row]:
    found = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", METHODS.read_text("utf-8"), re.MULTILINE
    )
    return {
        flow: Row(
            frozenset(Role if who == "everybody" else map(Role, who.split(", "))),
            tuple(re.split(r"[:;,.]| \(", part.strip())[0] for part in track.split("; ")),
            frozenset(re.findall(r"`(\w+)`", scopes)),
        )
        for flow, who, track, scopes in found
    }


ROWS = _rows()


@cache
def somebody(start: str) -> Chat:
    """Who walks: a start of the conversations, or one of a track that none of them begins on."""
    (case,) = STARTS["partner_plan"].cases
    goals = STARTS["partner_goals_shared"].goals
    requests = STARTS["therapist_asked"].cases[0].requests
    match start:
        case "partner_alone":
            return replace(STARTS["partner_begun"], goals=STARTS["partner_words"].goals)
        case "partner_left":
            gone = Case(case.id, PARTNER, open=False)
            return replace(STARTS["partner_goal"], cases=(gone,))
        case "partner_everything":
            case = replace(case, style="tip", office=STARTS["therapist_open"].office)
            both = Goal("words", words=PLANTED[2], own=False)
            return replace(STARTS["partner_three"], cases=(case,), goals=(both, *goals))
        case "partner_requested":
            case, yesterday = replace(case, requests=requests), EVENING.date() - timedelta(days=1)
            chat = replace(STARTS["partner_office"], cases=(case,))
            return replace(chat, own_dates=replace(chat.own_dates, access_on=yesterday))
        case "therapist_everything":
            (running,) = STARTS["therapist_reads"].cases
            asked = replace(
                running, requests=requests, call=Call(EVENING), news=frozenset({"consent"})
            )
            return replace(STARTS["therapist_open"], cases=(asked, *STARTS["therapist"].cases[:2]))
    return STARTS[start]


def with_scopes(start: str, *scopes: Scope) -> Chat:
    """Somebody on the full track, but for the scopes that are not given."""
    chat = somebody(start)
    for missing in EVERYTHING - set(scopes):
        chat = changed(chat, Meanwhile("narrowed", missing), EVENING)
    return chat


@cache
def steps_of(start: str) -> tuple[Taken, ...]:
    """Everything one person can come to."""
    return tuple(walk(WHOLE, somebody(start)))


def _words(taken: Taken) -> set[str]:
    return {text_id(say.text) for say in said(taken.turn)}


def _asked(taken: Taken) -> Iterator[Effect]:
    yield from (effect for effect in taken.turn.effects if not isinstance(effect, Say))


def test_every_effect_has_its_row_and_every_row_its_effect() -> None:
    """A new effect says who may ask for it, and under which scope, before anything else."""
    assert set(RIGHTS) == set(every_effect())


def test_every_flow_has_its_row_and_every_row_its_flow() -> None:
    """M11: in docs/methods.md; a module of content, too."""
    modules = {flow.name for flow in MODULES} - STAND_INS
    rest = set(WHOLE.flows) - modules - STAND_INS
    assert rest <= set(ROWS)
    unknown = {name for name in set(ROWS) - rest if not _is_module(name)}
    assert unknown == set()


def _is_module(name: str) -> bool:
    return (METHODS.parents[1] / "content" / "it" / "modules" / f"{name}.md").exists()


@pytest.mark.parametrize("row", ROWS)
def test_every_row_can_be_read(row: str) -> None:
    """A track begins with one of three words; a scope is one of the five."""
    assert ROWS[row].tracks[0] in {"before any", "both", "full"}
    assert ROWS[row].scopes <= {scope.value for scope in Scope}


def test_P9_everybody_comes_to_what_the_document_says_and_to_nothing_else() -> None:
    """By every shortcut, button and text, from each role's own beginnings."""
    reached: defaultdict[str, set[Role]] = defaultdict(set)
    for start in (*STRANGERS, *ALONE, *FULL, *PATIENTS, *THERAPISTS):
        for taken in steps_of(start):
            chat = taken.turn.chat
            if (chat.place.flow, chat.place.step) not in GONE:
                reached[chat.place.flow].add(chat.role)
    told = {name: row.who for name, row in ROWS.items() if name in WHOLE.flows}
    differing = {
        name: (sorted(reached[name]), sorted(told.get(name, ())))
        for name in {*reached, *told} - STAND_INS
        if reached[name] != told.get(name)
    }
    assert differing == {}, "flow: who comes to it, who should by docs/methods.md"


@pytest.mark.parametrize("start", [*STRANGERS, *ALONE])
def test_P8_without_all_keys_a_flow_of_the_full_track_says_that_it_is_closed(start: str) -> None:
    """M11: it says so and nothing else, and leads nowhere but out."""
    full = {name for name, row in ROWS.items() if row.tracks == ("full",)}
    for taken in steps_of(start):
        if taken.after.place.flow in full and taken.turn.chat.place != taken.before.place:
            assert _words(taken) & CLOSED, taken.after.place


@pytest.mark.parametrize("start", [*STRANGERS, *ALONE])
def test_P8_without_all_keys_nothing_about_a_patient_is_asked_for(start: str) -> None:
    """Information only: nothing of any case but the partner's own yes and no."""
    for taken in steps_of(start):
        for effect in _asked(taken):
            if not isinstance(effect, (*BEFORE_THE_KEYS, Notify)):
                assert right(effect).everywhere, effect
                assert not hasattr(effect, "case"), effect
            if isinstance(effect, Notify):
                assert effect.kind in {"partner_left", "case_closed"}  # the others of the case


@pytest.mark.parametrize("start", [*STRANGERS, *ALONE, *FULL, *PATIENTS, *THERAPISTS])
def test_P9_nobody_asks_for_what_another_role_does(start: str) -> None:
    """Every effect by the roles of its row, about a case of the speaker's own."""
    for taken in steps_of(start):
        mine = {case.id for case in taken.before.cases} | {case.id for case in taken.after.cases}
        opened = {e.case for e in taken.turn.effects if isinstance(e, OpenCase)}
        for effect in _asked(taken):
            speakers = {taken.before.role, taken.turn.chat.role}
            assert right(effect).roles & speakers, effect
            assert getattr(effect, "case", None) in {None, *mine, *opened}, effect


def _scopes_used(chat: Chat) -> set[Scope]:
    """The scopes of everything that is asked for on a walk; each must stand at that moment."""
    used = set()
    for taken in walk(WHOLE, chat):
        for effect in _asked(taken):
            scope = right(effect).scope
            if scope and PARTNER is taken.before.role:
                assert scope in taken.before.scopes, effect
                used.add(scope)
    return used


@pytest.mark.parametrize("scope", Scope)
def test_P8_each_scope_opens_its_own_acts_and_no_other(scope: Scope) -> None:
    """M11: with all but this one, nothing of it; with this one alone, nothing else."""
    acts = {Scope.GOALS, Scope.SIGNS, Scope.CONTACT}
    assert _scopes_used(with_scopes("partner_everything", scope)) == {scope} & acts
    assert _scopes_used(with_scopes("partner_everything", *EVERYTHING - {scope})) == acts - {scope}


@pytest.mark.parametrize("change", [*(f"narrowed {scope}" for scope in Scope), "revoked", "closed"])
def test_P8_what_is_revoked_between_the_page_and_the_press_is_not_done_and_not_said(
    change: str,
) -> None:
    """Every button of every page of a partner, pressed after the patient said no."""
    what, _, about = change.partition(" ")
    pressed = 0
    for page in pages(steps_of("partner_everything")):
        if page.case is None:
            continue
        sealed = changed(page, Meanwhile(what, about), EVENING)
        for button in shown(WHOLE, page):
            turn = WHOLE.turn(sealed, press(page, button))
            needed = {right(effect).scope for effect in turn.effects} - {None}
            assert needed <= sealed.scopes, (page.place, button)
            told = repr([effect for effect in turn.effects if isinstance(effect, Say)])
            for words, scope in zip(
                PLANTED, (Scope.CONTACT, Scope.SIGNS, Scope.GOALS), strict=True
            ):
                assert scope in sealed.scopes or words not in told, (page.place, button)
            pressed += 1
    assert pressed > 100


FOREIGN = ("casetre", "request1", "signslep", "goalboth")
NOBODYS = "nobodys1"


def _answer(chat: Chat, button: Button, value: str) -> object:
    turn = WHOLE.turn(chat, press(chat, replace(button, value=value)))
    place = (turn.chat.place.flow, turn.chat.place.step)
    return place, repr((turn.effects, turn.toast)).replace(value, "…")


@pytest.mark.parametrize("start", [*STRANGERS, *ALONE, *FULL, *PATIENTS, *THERAPISTS])
def test_P9_a_button_with_the_id_of_another_does_what_one_with_no_id_at_all_does(
    start: str,
) -> None:
    """On every page, every button that carries a value; and nobody raises."""
    for page in pages(steps_of(start)):
        mine = repr((page.cases, page.goals))
        buttons = {button.move: button for button in shown(WHOLE, page)}
        for button in buttons.values():
            if not button.value or button.value.isdigit():  # no id: a number of the page or scale
                continue
            nothing = _answer(page, button, NOBODYS)
            for value in FOREIGN:
                if repr(value) not in mine:
                    assert _answer(page, button, value) == nothing, (page.place, button)
