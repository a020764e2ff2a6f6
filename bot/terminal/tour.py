"""The scripted tour: three people, two evenings, through the same code as every conversation.

Each line of the script is somebody's act; the words they type and the narrator's are content.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

from bot.engine.chat import Role
from bot.services import rehearsal as seeded
from bot.services.heard import ShownButton
from bot.terminal.rehearsal import Rehearsal
from bot.terminal.stage import Shown, Stage
from bot.terminal.talk import as_text

Act = Callable[[Rehearsal], None]


class LostTour(Exception):
    """The script presses something that is not there: the flow has changed, mend the script."""


@dataclass(frozen=True, slots=True)
class _Press:
    """Press the latest button of a move, whatever it is called in the language spoken."""

    move: str
    value: str = ""

    def __call__(self, tour: Rehearsal) -> None:
        shown, button = _latest(tour.stage, self)
        tour.stage.presses(shown, button)


def _latest(stage: Stage, wanted: _Press) -> tuple[Shown, ShownButton]:
    for shown in reversed(stage.shown()):
        for button in shown.buttons:
            if button.move == wanted.move and wanted.value in {"", button.value}:
                return shown, button
    raise LostTour(f"{stage.speaker} sees no button {wanted.move} {wanted.value}".rstrip())


def _says(name: str) -> Act:
    return lambda tour: tour.stage.says(tour.words(name))


def _types(text: str) -> Act:
    return lambda tour: tour.stage.says(text)


def _waits(days: int, hour: int, minute: int) -> Act:
    def wait(tour: Rehearsal) -> None:
        local = tour.stage.now.astimezone(tour.stage.zone()) + timedelta(days=days)
        tour.stage.wait_until(local.replace(hour=hour, minute=minute, second=0))

    return wait


PARTNER, THERAPIST, PATIENT = Role.PARTNER, Role.THERAPIST, Role.PATIENT

# (who acts, what the narrator says before, what is done)
SCRIPT: tuple[tuple[Role, str, tuple[Act, ...]], ...] = (
    (
        PARTNER,
        "demo.note_arrives",
        (
            _types(f"/start {seeded.LINK}"),
            _Press("next"),
            _Press("yes"),
            _Press("country"),
            _Press("next"),
            _Press("next"),
            _Press("yes"),
            _Press("agree"),
            _Press("agree"),
        ),
    ),
    (
        THERAPIST,
        "demo.note_confirms",
        (
            _Press("cases"),
            _Press("case", seeded.CASE),
            _Press("confirm"),
            _Press("yes"),
            _Press("readings"),
            _Press("module", "low_friction"),
            _Press("give"),
        ),
    ),
    (PARTNER, "demo.note_reads", (_Press("reading"), _Press("choose", "low_friction"))),
    (
        PARTNER,
        "demo.note_goal",
        (
            _types("/goals"),
            _Press("new"),
            _Press("catalogue"),
            _Press("more"),
            _Press("more"),
            _Press("area", "own_care"),
            _Press("goal", "three_breaths"),
            _Press("take"),
            _Press("scale", "8"),
            _Press("hour", "18:30"),
        ),
    ),
    (PARTNER, "demo.note_next_evening", (_waits(1, 18, 30), _Press("goal_done"))),
    (
        PARTNER,
        "demo.note_worry",
        (
            _says("demo.worry"),
            _Press("write"),
            _Press("topic", "worse"),
            _Press("request"),
            _Press("send"),
        ),
    ),
    (
        THERAPIST,
        "demo.note_answers",
        (_Press("requests"), _Press("request"), _Press("act", "call")),
    ),
    (PATIENT, "demo.note_revokes", (_types("/revoke"),)),
    (PARTNER, "demo.note_end", ()),
)


def play(tour: Rehearsal, out: TextIO) -> None:
    """Play the script in the tour's language; every message appears as it would arrive."""
    tour.stage.listen = lambda shown: print(as_text(shown), file=out, flush=True)
    tour.seed(partner_joins=False)
    for role, note, acts in SCRIPT:
        print(f"— {tour.words(note)}\n", file=out, flush=True)
        tour.stage.speaker = role
        for act in acts:
            act(tour)
