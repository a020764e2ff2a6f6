"""A case with all keys and three people in it, for the demo, for authors and for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.engine.chat import Chat, Place, Role, Scope
from bot.engine.events import Invitation
from bot.flows.menu import HOMES
from bot.flows.onboarding import ZONES
from bot.services.carrying import INVITED_FOR
from bot.services.parts import Parts
from bot.services.renewal import plan_renewal
from bot.store import agreements, cases, people
from bot.store.database import Unit

PRACTICE = "practice"
CASE = "rehearse"
LINK, CODE, _NUMBER = "rehearsal-partner-link", "0REHEARSAL", "4821"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who rehearses, when and where, and what the therapist is taken to have typed.

    `partner_joins` is False where the partner is still to open the link. Every case has an id, a
    link and a code of its own.
    """

    accounts: Mapping[Role, int]
    at: datetime
    lang: str
    country: str
    label: str
    details: str
    partner_joins: bool = True
    case: str = CASE
    link: str = LINK
    code: str = CODE


def seed(parts: Parts, scene: Scene) -> None:
    """Make a therapist, a partner and a patient who have all said yes to everything."""
    at, case = scene.at, scene.case
    with parts.database.unit() as unit:
        person = {
            role: people.create(unit, account, scene.lang, at)
            for role, account in scene.accounts.items()
        }
        therapist = person[Role.THERAPIST]
        cases.add_practice(unit, PRACTICE, at)
        people.register_staff(unit, therapist, PRACTICE, at)
        cases.open_case(
            unit,
            therapist,
            case,
            label=scene.label,
            number=_NUMBER,
            link=scene.link,
            code=scene.code,
            at=at,
            expires_at=at + INVITED_FOR,
        )
        partner = {Role.PARTNER: scene.link} if scene.partner_joins else {}
        joining = {Role.PATIENT: scene.code, **partner}
        for role, secret in joining.items():
            found = cases.find_invitation(unit, secret, person[role], at) or Invitation()
            cases.join_case(unit, found.id, person[role], at)
        cases.give_consent(unit, person[Role.PATIENT], case, frozenset(Scope), at)
        zone = ZONES.get(scene.country, "Europe/Rome")
        plan_renewal(unit, person[Role.PATIENT], case, given_at=at, zone=zone)
        if scene.partner_joins:
            agreements.agree(unit, person[Role.PARTNER], case, at)
        cases.confirm(unit, therapist, case, at)
        for role in (*joining, Role.THERAPIST):
            _settle(unit, person[role], role, scene)


def _settle(unit: Unit, person: str, role: Role, scene: Scene) -> None:
    chat = people.lock_and_load(unit, person)
    zone = ZONES.get(scene.country, chat.preferences.zone)
    people.save(
        unit,
        chat,
        replace(
            chat,
            role=role,
            roles=(role,),
            adult=True,
            agreed=True,
            place=HOMES[role],
            revision=1,
            own_contact=scene.details if role is Role.THERAPIST else "",
            preferences=replace(chat.preferences, country=scene.country, zone=zone),
        ),
    )


def stand_at(parts: Parts, account: int, place: Place) -> None:
    """Put a chat at a place, so that an author can begin there."""
    with parts.database.unit() as unit:
        person = people.find(unit, account)
        if person is None:
            raise LookupError("nobody has spoken from this account yet: seed a case first")
        chat = people.lock_and_load(unit, person)
        people.save(unit, chat, replace(chat, place=place))


def invite_therapist(parts: Parts, practice: str, secret: str, at: datetime) -> datetime:
    """Let whoever presents `secret` register as a therapist; return until when it can be used."""
    expires = at + INVITED_FOR
    with parts.database.unit() as unit:
        cases.add_practice(unit, practice, at)
        cases.add_invitation(unit, practice, secret, expires_at=expires)
    return expires


def chat_of(parts: Parts, account: int) -> Chat | None:
    """Return what is known about an account's chat, or None for a stranger."""
    with parts.database.unit() as unit:
        person = people.find(unit, account)
        return people.lock_and_load(unit, person) if person else None


def zone_of(parts: Parts, account: int) -> ZoneInfo:
    """Return an account's time zone, the default one for a stranger."""
    chat = chat_of(parts, account)
    return ZoneInfo(chat.preferences.zone if chat else "Europe/Rome")
