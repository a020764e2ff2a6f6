"""Home for a partner: where one stands, what can be read, done, asked. And "resume from here?"."""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Chat, Place, Rhythm, Role
from bot.engine.effects import Button, Effect, PlanReminder, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, OFFERED, PAGE, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows.offer import Offer
from bot.flows.paging import page

HOMES = {
    Role.VISITOR: Place("onboarding", "hello"),
    Role.PARTNER: Place("menu", "home"),
    Role.PATIENT: Place("consent", "home"),
    Role.THERAPIST: Place("therapist", "home"),
}


def home(chat: Chat, event: Event) -> Place:
    """Where the person's role is at home; first, once, the offer to resume what was interrupted."""
    if not chat.agreed:
        return chat.paused or _at_onboarding(chat)
    if chat.paused and not (_interrupted(chat, event) and OFFERED in chat.paused.memory):
        return Place("menu", "resume")
    return HOMES[chat.role]


def _interrupted(chat: Chat, _event: Event) -> bool:
    """Something of a partner was left in the middle; their menu has the way back to it."""
    return chat.paused is not None and chat.role is Role.PARTNER


def _at_onboarding(chat: Chat) -> Place:
    return chat.place if chat.place.flow == "onboarding" else HOMES[Role.VISITOR]


def drop_paused(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Let go of what was interrupted."""
    return replace(chat, paused=None), ()


def goals_on(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Turn goals and their reminder on again after an emergency or a stop."""
    preferences = replace(chat.preferences, pushes=True)
    if preferences.rhythm is Rhythm.SILENT:
        preferences = replace(preferences, rhythm=Rhythm.DAILY)
    return replace(chat, goals_off=False, preferences=preferences), (PlanReminder(event.at),)


def has_two_roles(chat: Chat, _event: Event) -> bool:
    """The account has another role in another case."""
    return len(chat.roles) > 1


def switch_role(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Speak in the next of the account's roles."""
    following = chat.roles[(chat.roles.index(chat.role) + 1) % len(chat.roles)]
    return replace(chat, role=following, paused=None), ()


def goals_rest(chat: Chat, _event: Event) -> bool:
    """Goals were turned off by an emergency and not turned on again."""
    return chat.goals_off


def goals_run(chat: Chat, _event: Event) -> bool:
    """Goals are not turned off."""
    return not chat.goals_off


def help_button(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Help works from anywhere and leaves everything where it was."""
    return (Button(Words("button.help"), "help", lasting=True),)


def _elsewhere(chat: Chat, event: Event) -> tuple[Button, ...]:
    """Everything that is not on the first page; in a case help is on the page of the path."""
    role = (Button(Words("button.switch_role"), "role"),) if has_two_roles(chat, event) else ()
    path = (Button(Words("button.path"), "path", lasting=True),)
    left = (Button(Words("button.resume"), "resume"),) if _interrupted(chat, event) else ()
    buttons = (
        *left,
        Button(Words("button.coach"), "coach"),
        Button(Words("button.time_for_me"), "for_me"),
        Button(Words("button.signs_and_plan"), "signs"),
        Button(Words("button.settings"), "settings"),
        Button(Words("button.privacy"), "privacy"),
        *role,
        *(path if chat.case else help_button(chat, event)),
    )
    return page(buttons, chat)


def make(offer: Offer) -> Flow:
    """Return the menu over the modules on offer."""

    def standing(chat: Chat, _event: Event) -> Mapping[str, Value]:
        there = offer.readable(chat)
        read = sum(chat.progress[m].finished for m in there if m in chat.progress)
        active = sum(goal.active for goal in chat.goals)
        return {
            "read": read,
            "modules": len(there),
            "goals": Words("menu.goals_active", {"n": active}, count=active),
        }

    def greeting(chat: Chat, _event: Event) -> tuple[Words, ...]:
        return (Words("menu.home_resting" if chat.goals_off else "menu.home"),)

    return flow(
        "menu",
        (
            Step(
                "home",
                greeting,
                (
                    option("button.read", "read"),
                    option("button.goals", "goals", goals_run),
                    option("button.goals_on", "goals_on", goals_rest),
                    option("button.contact", "contact"),
                    option("button.more_things", "more"),
                ),
                values=standing,
                edits=True,
            ),
            Step(
                "more",
                (Words("menu.more"),),
                choices=_elsewhere,
                edits=True,
            ),
            Step(
                "for_me",
                (Words("menu.for_me"),),
                (
                    option("button.let_out", "let_out"),
                    option("button.own_help", "own_help"),
                    option("button.back", "back"),
                ),
                edits=True,
            ),
            Step(
                "resume",
                (Words("menu.resume"),),
                (option("button.resume", "resume"), option("button.not_now", "home")),
            ),
        ),
        (
            Move("read", "home", Exit("reading")),
            Move("goals", "home", Exit("goals")),
            Move("goals_on", "home", "home", does=goals_on, says=(Words("menu.goals_back"),)),
            Move("contact", "home", Exit("contact_therapist")),
            Move("more", "home", "more"),
            Move("more", "more", "more", keeps=PAGE),
            Move("for_me", "more", "for_me"),
            Move("let_out", "for_me", Exit("let_out")),
            Move("own_help", "for_me", Exit("own_help")),
            Move("back", "for_me", "more"),
            Move("resume", "more", Exit(RESUME), when=_interrupted),
            Move("coach", "more", Exit("coach")),
            Move("signs", "more", Exit("signs")),
            Move("settings", "more", Exit("settings")),
            Move("privacy", "more", Exit("privacy")),
            Move("role", "more", Exit(HOME), when=has_two_roles, does=switch_role),
            Move("resume", "resume", Exit(RESUME)),
            Move("home", "resume", Exit(HOME), does=drop_paused),
        ),
    )
