"""The signs two people agreed to notice: proposed by the partner, active when the patient says so.

At most five, each something that can be seen. Without the patient's consent to `signs` there are
only the general ones to read.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Chat
from bot.engine.effects import (
    Button,
    Effect,
    PlanCheck,
    RaiseSign,
    RemoveSign,
    SavePlan,
    Value,
    Words,
)
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import PAGE, Exit, Flow, Move, Step, flow, option
from bot.flows.goals import local_day
from bot.flows.listed_signs import (
    LONGEST,
    MOST,
    active,
    has_active,
    has_room,
    listed,
    may_list,
    sign_label,
    sign_text,
    waiting,
    with_case,
    with_signs,
)
from bot.flows.listing import bullets
from bot.flows.offer import Offer
from bot.flows.paging import page
from bot.flows.sign_catalogue import Catalogue, at_list, chosen_sign

Done = tuple[Chat, tuple[Effect, ...]]


def _locked(chat: Chat, event: Event) -> bool:
    return not may_list(chat, event)


def _has_list(chat: Chat, _event: Event) -> bool:
    return bool(listed(chat))


def _heading(chat: Chat, event: Event) -> tuple[Words, ...]:
    if not may_list(chat, event):
        return (Words("signs.no_key"),)
    if not listed(chat):
        return (Words("signs.none"),)
    if not waiting(chat):
        return (Words("signs.list"),)
    return (Words("signs.list_both" if active(chat) else "signs.list_waiting"),)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    shown, asked = active(chat), waiting(chat)
    chosen = chosen_sign(chat)
    return {
        "active": bullets([sign_text(s) for s in shown]) if shown else "",
        "waiting": bullets([sign_text(s) for s in asked]) if asked else "",
        "sign": sign_text(chosen) if chosen else "",
        "longest": LONGEST,
    }


def _of_list(chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in {s.id for s in listed(chat)}


def _still_there(chat: Chat, _event: Event) -> bool:
    return chat.memory.get("open", "") in {s.id for s in listed(chat)}


def _not_first(chat: Chat, event: Event) -> bool:
    return _still_there(chat, event) and listed(chat)[0].id != chat.memory["open"]


def _remove(chat: Chat, _event: Event) -> Done:
    case, gone = chat.case, chat.memory["open"]
    if case is None:
        return chat, ()
    kept = tuple(s for s in case.signs if s.id != gone)
    return with_signs(at_list(chat), kept), (RemoveSign(case.id, gone),)


def _to_top(chat: Chat, _event: Event) -> Done:
    case, first = chat.case, chat.memory["open"]
    if case is None:
        return chat, ()
    ordered = tuple(sorted(case.signs, key=lambda sign: sign.id != first))
    return with_signs(at_list(chat), ordered), (RaiseSign(case.id, first),)


def _weekly(chat: Chat, _event: Event) -> bool:
    return bool(chat.case and chat.case.plan.weekly)


def _can_turn_on(chat: Chat, event: Event) -> bool:
    return has_active(chat, event) and not _weekly(chat, event)


def _turn_weekly(chat: Chat, event: Event) -> Done:
    """Turn the weekly look on, a week from now, or off."""
    case = chat.case
    if case is None:
        return chat, ()
    today = local_day(chat, event)
    plan = replace(case.plan, weekly=not case.plan.weekly, asked_on=case.plan.asked_on or today)
    chat = with_case(chat, replace(case, plan=plan))
    return chat, (SavePlan(case.id, plan), PlanCheck(today))


def _changing(chat: Chat, event: Event) -> tuple[Button, ...]:
    buttons = [Button(sign_label(sign), "open", sign.id) for sign in listed(chat)]
    beside = 1 if _weekly(chat, event) or _can_turn_on(chat, event) else 0
    return page(buttons, chat, beside=beside)


def _forget(chat: Chat, _event: Event) -> Done:
    """Begin the choice again, without what had been chosen."""
    return at_list(chat), ()


def _refusal(chat: Chat, _event: Event) -> tuple[Words, ...]:
    kind = chat.memory.get("stopped", "verdict")
    return (Words(f"own_words.{kind}"), Words(f"own_words.sign_{kind}"))


def _closed(chat: Chat, event: Event) -> tuple[Words, ...]:
    if not may_list(chat, event):
        return (Words("signs.no_key"),)
    full = len(listed(chat)) >= MOST
    return (Words("signs.full" if full else "signs.changed"),)


def _steps(catalogue: Catalogue) -> tuple[Step, ...]:
    return (
        Step(
            "list",
            _heading,
            (
                option("button.add_sign", "add", has_room),
                option("button.look_now", "look", has_active),
                option("button.change_list", "change", _has_list),
                option("button.my_plan", "plan", may_list),
                option("button.general_signs", "general", _locked),
            ),
            values=_values,
            edits=True,
        ),
        Step(
            "add",
            (Words("signs.add"),),
            choices=catalogue.areas,
            values=_values,
            reads="typed",
            own_words=True,
            retry=Words("signs.words_form"),
        ),
        Step(
            "pick",
            (Words("signs.pick"),),
            (option("button.other_signs", "back"),),
            choices=catalogue.picks,
            edits=True,
        ),
        Step(
            "propose",
            (Words("signs.propose"),),
            (option("button.propose", "propose"), option("button.another", "other")),
            values=_values,
        ),
        Step("refused", _refusal, (option("button.try_again", "again"),)),
        Step("closed", _closed, (option("button.back", "back"),)),
        Step(
            "change",
            (Words("signs.change"),),
            (
                option("button.weekly_on", "weekly_on", _can_turn_on),
                option("button.weekly_off", "weekly_off", _weekly),
            ),
            choices=_changing,
            edits=True,
        ),
        Step(
            "sign",
            (Words("signs.sign"),),
            (
                option("button.to_top", "top", _not_first),
                option("button.remove_sign", "remove"),
                option("button.back", "back"),
            ),
            values=_values,
            edits=True,
        ),
        Step(
            "general",
            (Words("signs.general"),),
            (option("button.back", "back"),),
            choices=catalogue.turned,
            values=catalogue.general,
            edits=True,
        ),
    )


def _moves(catalogue: Catalogue) -> tuple[Move, ...]:
    return (
        Move("add", "list", "add", when=has_room),
        Move("add", "list", "closed"),
        Move("look", "list", Exit("sign_check")),
        Move("change", "list", "change", when=_has_list),
        Move("change", "list", "closed"),
        Move("plan", "list", Exit("plan")),
        Move("general", "list", "general"),
        Move("area", "add", "pick", when=catalogue.known_area, keeps="area"),
        Move("typed", "add", "propose", when=catalogue.fits, keeps="words"),
        Move("typed", "add", "refused", when=catalogue.stopped, does=catalogue.why),
        Move("sign", "pick", "propose", when=catalogue.can_pick, keeps="sign"),
        Move("more", "pick", "pick", keeps=PAGE),
        Move("back", "pick", "add", does=_forget),
        Move(
            "propose",
            "propose",
            "list",
            when=catalogue.can_propose,
            does=catalogue.propose,
            says=(Words("signs.proposed"),),
        ),
        Move("propose", "propose", "closed"),
        Move("other", "propose", "add", does=_forget),
        Move("again", "refused", "add", does=_forget),
        Move("back", "closed", "list", does=_forget),
        Move(
            "weekly_on",
            "change",
            "list",
            when=_can_turn_on,
            does=_turn_weekly,
            says=(Words("signs.weekly_on"),),
        ),
        Move("weekly_on", "change", "closed"),
        Move(
            "weekly_off",
            "change",
            "list",
            when=_weekly,
            does=_turn_weekly,
            says=(Words("signs.weekly_off"),),
        ),
        Move("weekly_off", "change", "closed"),
        Move("open", "change", "sign", when=_of_list, keeps="open"),
        Move("open", "change", "closed"),
        Move("more", "change", "change", keeps=PAGE),
        Move("top", "sign", "list", when=_not_first, does=_to_top),
        Move("top", "sign", "closed"),
        Move(
            "remove",
            "sign",
            "list",
            when=_still_there,
            does=_remove,
            says=(Words("signs.removed"),),
        ),
        Move("remove", "sign", "closed"),
        Move("back", "sign", "list", does=_forget),
        Move("more", "general", "general", keeps=PAGE),
        Move("back", "general", "list"),
    )


def make(offer: Offer) -> Flow:
    """Return the list of signs over the catalogue on offer."""
    catalogue = Catalogue(offer)
    return flow(
        "signs",
        _steps(catalogue),
        _moves(catalogue),
        ends=frozenset({"list", "closed", "general"}),
        resumable=True,
    )
