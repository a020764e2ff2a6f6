"""A rehearsal: the stage with a fresh chat, or with a case that has all its keys."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from bot.engine.chance import new_code
from bot.engine.chat import Place, Role
from bot.engine.effects import Words
from bot.engine.events import CommandGiven
from bot.services import rehearsal
from bot.services.parts import Parts
from bot.terminal.stage import ACCOUNTS, Stage
from bot.terminal.talk import Talk
from bot.texts.render import Context, label

_COUNTRY = {"it": "IT", "en": "GB"}
_SPEAKS_FIRST = {
    "therapist": Role.THERAPIST,
    "case_consent": Role.THERAPIST,
    "patient_calls": Role.THERAPIST,
    "consent": Role.PATIENT,
    "never_topics": Role.PATIENT,
    "quiet_alarm": Role.PATIENT,
}


class WrongUse(Exception):
    """Something was asked for that there is not; the message says what there is."""


class Rehearsal:
    """A stage in a terminal: fresh, or with a case that has all its keys."""

    def __init__(
        self, parts: Parts, lang: str, country: str, at: datetime, seed: Callable[[], bytes]
    ) -> None:
        """Set the stage; `seed` gives the randomness of each event."""
        self.parts = parts
        self.lang, self.country = lang, country or _COUNTRY[lang]
        self._seed = seed
        self.stage = Stage(parts, at, seed, listen=lambda _shown: None, lang=lang)

    def seed(self, *, partner_joins: bool = True) -> None:
        """Make the three people and their case, unless they are there from an earlier time."""
        if rehearsal.chat_of(self.parts, ACCOUNTS[Role.PARTNER]):
            return
        say = self.words
        rehearsal.seed(
            self.parts,
            rehearsal.Scene(
                ACCOUNTS,
                self.stage.now,
                self.lang,
                self.country,
                label=say("demo.case_label"),
                details=say("demo.contact_details"),
                partner_joins=partner_joins,
            ),
        )

    def open_at(self, name: str) -> None:
        """Put whoever it belongs to at the beginning of a flow or module, and say it."""
        flows = self.parts.dialogue.flows
        if name not in flows:
            there = ", ".join(sorted(flows))
            raise WrongUse(f"there is no flow or module {name!r}; there are {there}")
        self.stage.speaker = _SPEAKS_FIRST.get(name, self.stage.speaker)
        place = Place(name, flows[name].start)
        rehearsal.stand_at(self.parts, ACCOUNTS[self.stage.speaker], place)
        self.stage.says("/again")

    def meet(self, role: Role) -> None:
        """Let a role speak for the first time; a new therapist comes with the operator's code."""
        known = rehearsal.chat_of(self.parts, ACCOUNTS[role])
        if known and known.agreed:
            self.stage.says("/menu")
        elif role is Role.THERAPIST:
            code = new_code(
                CommandGiven(at=self.stage.now, seed=self._seed(), name="start"), "code"
            )
            rehearsal.invite_therapist(self.parts, rehearsal.PRACTICE, code, self.stage.now)
            self.stage.says(f"/start {code}")
        else:
            self.stage.says("/start")

    def talk(self, lines: TextIO, out: TextIO, *, in_json: bool, what: str = "") -> None:
        """Follow lines until they end."""
        talk = Talk(self.stage, out, in_json=in_json, first_meeting=self.meet)
        talk.run(
            lines,
            opening=lambda: self.open_at(what) if what else self.meet(self.stage.speaker),
        )

    def words(self, name: str) -> str:
        """Return an entry of the catalogue in the language of the rehearsal."""
        context = Context(self.lang, "Europe/Rome", self.stage.now, self.country)
        return label(self.parts.bundle, Words(name), context)


def begin_at(text: str) -> datetime:
    """Return the moment a rehearsal begins: now, or an ISO time (UTC if it names no zone)."""
    if not text:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"--at {text}: write a moment like 2027-03-28T18:00") from None
    return then.astimezone(UTC) if then.tzinfo else then.replace(tzinfo=UTC)
