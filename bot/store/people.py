"""People: found by keyed hash, loaded as a chat, saved by what changed, erased for good."""

import os
import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, exists, select, update

from bot.engine.chat import Case, Chat, Place, Preferences, Role, Scope
from bot.store import chats, favourites, goals, looks, progress, sight, signs
from bot.store.database import AnyRow, Unit
from bot.store.encryption import KEY_BYTES, Vault
from bot.store.erasure import erase, forget_blank
from bot.store.tables import PERSON, STAFF

__all__ = [
    "address",
    "create",
    "erase",
    "find",
    "forget_blank",
    "lock_and_load",
    "note_heard",
    "places",
    "register_staff",
    "save",
    "set_blocked",
    "set_pinned",
]


def find(unit: Unit, account: int) -> str | None:
    """Return the person of an account; None for a stranger and for somebody who was erased."""
    return unit.connection.scalar(_FOUND, {"account": unit.secrets.account(account)})


def create(unit: Unit, account: int, lang: str, at: datetime) -> str:
    """Return the person of an account, made now if there is none.

    Whoever comes back after an erasure finds a blank chat, with the alarm and the language that
    had to stay.
    """
    hashed = unit.secrets.account(account)
    person, data_key = secrets.token_urlsafe(12), os.urandom(KEY_BYTES)
    made = (
        unit.insert(PERSON)
        .values(
            id=person,
            account_hash=hashed,
            address=Vault(data_key, person).seal("person", "address", str(account)),
            data_key=unit.keyring.wrap(data_key, person),
            created_at=at,
            **chats.columns(Chat(person, preferences=Preferences(lang=lang))),
        )
        .on_conflict_do_nothing(index_elements=[PERSON.c.account_hash])
        .returning(PERSON.c.id)
    )
    if unit.connection.scalar(made) is not None:
        return person
    row = unit.connection.execute(_KNOWN, {"account": hashed}).one()
    if row.erased_at is not None:
        address = unit.vault(row.id).seal("person", "address", str(account))
        back = {"address": address, "erased_at": None, "blocked_at": None, "created_at": at}
        unit.connection.execute(_CHANGED, {"who": row.id, **back})
    return str(row.id)


def lock_and_load(unit: Unit, person: str, at: datetime | None = None) -> Chat:
    """Return what is known about a chat, and let nobody else turn it before this unit ends.

    Every turn says `at` what moment: consent that has run out then is no consent (P8).
    Raises LookupError for nobody. At most seven statements, whatever the role.
    """
    row = unit.connection.execute(_LOCKED, {"person": person}).one_or_none()
    if row is None:
        raise LookupError("No such person")
    vault = unit.unlock(person, row.data_key)
    paused = chats.paused(row, vault)
    seen = sight.cases(unit, person, at)
    covered = [case for case in seen if Scope.GOALS in case.scopes]
    mine, mirrored = goals.seen_by(
        unit,
        person,
        shared=[case.id for case in covered if case.mine is Role.PARTNER],
        mirrored=[case.id for case in covered if case.mine is Role.PATIENT],
    )
    # One more statement, only where the scope stands.
    open_signs = [case for case in seen if Scope.SIGNS in case.scopes]
    watched = signs.seen_by(
        unit,
        proposed=[case.id for case in open_signs if case.mine is Role.PARTNER],
        mirrored=[case.id for case in open_signs if case.mine is Role.PATIENT],
    )
    return Chat(
        person=person,
        role=Role(row.role),
        roles=_roles(row, seen),
        place=chats.place(row, vault),
        revision=row.revision,
        pressed=row.pressed,
        paused=paused,
        alarm=chats.alarm(row),
        goals_off=row.goals_off,
        adult=row.adult,
        agreed=row.agreed,
        own_contact=chats.own_contact(row, vault),
        office=chats.office(row, vault),
        own_dates=chats.own_dates(row, vault),
        preferences=chats.preferences(row),
        progress=progress.of_person(unit, person),
        goals=mine,
        cases=tuple(
            replace(case, shared=mirrored.get(case.id, ()), signs=watched.get(case.id, ()))
            for case in seen
        ),
        pinned=row.pinned,
        unheard=row.unheard,
        reminded_on=row.reminded_on,
        # One more statement, only where they are shown.
        looks=looks.at(unit, person, row.zone) if row.flow == looks.SHOWN_IN else (),
        favourites=favourites.of_person(unit, person) if _shows_favourites(row, paused) else (),
        control_at=row.control_at,
    )


def save(unit: Unit, before: Chat, after: Chat) -> bool:
    """Write what changed between two moments of one chat; return whether anything did.

    Progress, goals and cases are written by the effects that change them, not from here.
    """
    if before.person != after.person:
        raise ValueError("These are two people's chats")
    old, new = chats.columns(before), chats.columns(after)
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return False
    sealed = chats.seal(changed, unit.vault(after.person))
    unit.connection.execute(_CHANGED, {"who": after.person, **sealed})
    return True


def address(unit: Unit, person: str) -> int | None:
    """Return where to write to a person; None while they block the bot, and for nobody."""
    row = unit.connection.execute(_ADDRESS, {"person": person}).one_or_none()
    if row is None or row.address is None or row.blocked_at is not None:
        return None
    vault = unit.unlock(person, row.data_key)
    return int(vault.open("person", "address", row.address))


def note_heard(unit: Unit, person: str, at: datetime) -> None:
    """Note when somebody who has not agreed yet was heard last: who stays away is forgotten."""
    unit.connection.execute(_CHANGED, {"who": person, "heard_at": at})


def set_blocked(unit: Unit, person: str, at: datetime | None) -> None:
    """Note since when a person blocks the bot, or with None that they no longer do."""
    unit.connection.execute(_CHANGED, {"who": person, "blocked_at": at})


def set_pinned(unit: Unit, person: str, message_id: int | None) -> None:
    """Note which message stands pinned in a chat."""
    unit.connection.execute(_CHANGED, {"who": person, "pinned": message_id})


def register_staff(unit: Unit, person: str, practice: str, at: datetime) -> bool:
    """Let a person work for a practice, without an invitation: the operator's act."""
    added = (
        unit.insert(STAFF)
        .values(person_id=person, practice_id=practice, joined_at=at)
        .on_conflict_do_nothing()
        .returning(STAFF.c.person_id)
    )
    return unit.connection.scalar(added) is not None


def places(unit: Unit) -> frozenset[tuple[str, str]]:
    """Return every (flow, step) where somebody stands, to be compared with the flows there are."""
    return frozenset((row.flow, row.step) for row in unit.connection.execute(_PLACES))


def _shows_favourites(row: AnyRow, paused: Place | None) -> bool:
    """Whether this turn may show what is kept: the flow in progress, or the one gone back to."""
    return bool({row.flow, paused and paused.flow} & favourites.SHOWN_IN)


def _roles(row: AnyRow, cases: tuple[Case, ...]) -> tuple[Role, ...]:
    """The roles an account can speak in: taken before, held in a case, held in a practice."""
    roles = [Role(name) for name in (*row.roles.split(), row.role)]
    roles += [case.mine for case in cases]
    if row.works:
        roles.append(Role.THERAPIST)
    refused = {Role.VISITOR} if row.works else {Role.VISITOR, Role.THERAPIST}
    return tuple(dict.fromkeys(role for role in roles if role not in refused))


_FOUND = select(PERSON.c.id).where(
    PERSON.c.account_hash == bindparam("account"), PERSON.c.erased_at.is_(None)
)
_KNOWN = (
    select(PERSON.c.id, PERSON.c.erased_at)
    .where(PERSON.c.account_hash == bindparam("account"))
    .with_for_update(key_share=True)
)
# Not the strongest lock: two turns may then note something for each other without a deadlock.
_LOCKED = (
    select(PERSON, exists().where(STAFF.c.person_id == PERSON.c.id).label("works"))
    .where(PERSON.c.id == bindparam("person"))
    .with_for_update(of=PERSON, key_share=True)
)
_CHANGED = update(PERSON).where(PERSON.c.id == bindparam("who"))
_ADDRESS = select(PERSON.c.address, PERSON.c.data_key, PERSON.c.blocked_at).where(
    PERSON.c.id == bindparam("person")
)
_PLACES = select(PERSON.c.flow, PERSON.c.step).distinct()
