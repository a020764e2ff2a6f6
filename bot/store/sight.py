"""What each role may see of its cases, and nothing else (P8, P9; product.md, "Tracks, scopes").

| of a case         | partner                    | patient           | therapist                 |
|-------------------|----------------------------|-------------------|---------------------------|
| joined, confirmed | confirmed (then both)      | yes               | yes                       |
| number            | never                      | yes               | yes                       |
| label             | never                      | never             | their own word            |
| scopes            | once confirmed             | yes               | yes                       |
| modules           | once confirmed, `modules`  | under `modules`   | until `modules` is sealed |
| contact details   | once confirmed, `contact`  | never             | never                     |
| contact requests  | their own, under `contact` | never             | all, under `contact`      |
| shared goals      | their own, under `goals`   | under `goals`     | never                     |
| signs             | their list, under `signs`  | under `signs`     | never                     |
| response plan     | their own, under `signs`   | never             | never                     |
| consent's dates   | once confirmed             | yes               | yes                       |
| agreement's date  | their own                  | never             | yes                       |
| never-topics      | applied, never told        | their own         | never                     |
| wish to be called | never                      | their own         | yes                       |
| style             | under `modules`            | never             | yes                       |
| office hours      | with the contact details   | never             | their own (`Chat.office`) |
| of a closed one   | that it is closed          | that it is closed | label, number, why        |
| closed by a death | why, once, if bereaved     | the same          | why                       |

What a partner may see "once confirmed" is there once they have agreed on responsible use, too;
until then only the consent's dates are.

Shared goals are read by goals.py, which is told what is covered. The partner's own consent
(`Chat.agreed`) is the dialogue's to ask for: see `Chat.scopes`.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, literal, or_, select, union_all

from bot.engine.chat import CONSENT_LASTS, LEFT, SURVIVORS, Call, Case, Plan, Request, Role, Scope
from bot.store import chats
from bot.store.access import oldest, still_staff
from bot.store.database import AnyRow, Unit
from bot.store.signs import plan_in
from bot.store.tables import (
    ASSIGNMENT,
    CALL_REQUEST,
    CASE,
    CONSENT,
    CONTACT_REQUEST,
    MEMBER,
    PERSON,
)


@dataclass(slots=True)
class _Granted:
    """What stands in one case: scopes given, scopes sealed, modules in their order.

    `first` is the oldest consent that stands, so the first to run out; `recorded_at` says when
    it was written down from paper.
    """

    given: set[Scope] = field(default_factory=set)
    sealed: set[Scope] = field(default_factory=set)
    modules: list[str] = field(default_factory=list)
    first: datetime | None = None
    recorded_at: datetime | None = None

    @property
    def ends(self) -> datetime | None:
        """When the first of them runs out."""
        return self.first and self.first + CONSENT_LASTS

    def add(self, row: AnyRow) -> None:
        """Take up one row of `_GRANTED`."""
        if row.kind == _MODULE:
            self.modules.append(row.name)
        elif not row.stands:
            self.sealed.add(Scope(row.name))
        else:
            self.given.add(Scope(row.name))
            if self.first is None or row.given_at < self.first:
                self.first, self.recorded_at = row.given_at, row.recorded_at


def cases(unit: Unit, person: str, at: datetime | None = None) -> tuple[Case, ...]:
    """Return the cases of a person, the oldest first, as far as each role may see them.

    A consent that has run out at `at` counts as revoked, whether or not anybody has noticed.
    """
    rows = unit.connection.execute(_CASES, {"person": person}).all()
    if not rows:
        return ()
    granted = _granted(unit, person, at)
    requests: Mapping[str, tuple[Request, ...]] = {}
    if any(Scope.CONTACT in granted[row.id].given and row.role != Role.PATIENT for row in rows):
        requests = _requests(unit, person)
    return tuple(_seen(unit, person, row, granted[row.id], requests) for row in rows)


def _seen(
    unit: Unit,
    person: str,
    row: AnyRow,
    granted: _Granted,
    requests: Mapping[str, tuple[Request, ...]],
) -> Case:
    mine = Role(row.role)
    therapist, partner = mine is Role.THERAPIST, mine is Role.PARTNER
    label = ""
    if therapist and row.label:
        label = unit.vault(person).open("member", "label", row.label)
    number = "" if partner else row.number
    if row.closed_at is not None:
        return _closed(row, mine, label)
    confirmed = row.confirmed_at is not None
    both = confirmed and row.agreed_at is not None
    dated = granted if confirmed or not partner else _Granted()
    scopes = frozenset(granted.given) if both or not partner else frozenset()
    prepared = therapist and Scope.MODULES not in granted.sealed
    modules = granted.modules if Scope.MODULES in scopes or prepared else ()
    reached = Scope.CONTACT in scopes
    details, office = "", None
    if partner and reached and row.own_contact:
        vault = unit.unlock(row.therapist, row.therapist_key)
        details = vault.open("person", "own_contact", row.own_contact)
        office = chats.office(row, vault)
    return Case(
        id=row.id,
        mine=mine,
        partner_joined=partner or row.partner_joined,
        patient_joined=confirmed if partner else row.patient_joined,
        confirmed=confirmed,
        number=number,
        label=label,
        scopes=scopes,
        modules=tuple(modules),
        contact_details=details,
        requests=requests.get(row.id, ()) if reached and mine is not Role.PATIENT else (),
        plan=(
            plan_in(row.plan, unit.vault(person)) if partner and Scope.SIGNS in scopes else Plan()
        ),
        given_on=_day(dated.first),
        until=_day(dated.ends),
        recorded_on=_day(dated.recorded_at),
        agreed_on=None if mine is Role.PATIENT else _day(row.agreed_at),
        never=_topics(row) if mine is Role.PATIENT or (partner and confirmed) else frozenset(),
        call=None if partner else _call(row),
        style=(row.style or "") if therapist or (partner and Scope.MODULES in scopes) else "",
        office=office,
        news=frozenset({"consent"} if therapist and row.consent_changed else ()),
    )


def _closed(row: AnyRow, mine: Role, label: str) -> Case:
    """A closed case: the therapist knows why; whoever is bereaved is met by a card, once."""
    therapist, bereaved = mine is Role.THERAPIST, SURVIVORS.get(row.ending) is mine
    unseen = row.looked_at is None or row.looked_at < row.closed_at
    return Case(
        row.id,
        mine,
        open=False,
        label=label,
        number=row.number if therapist else "",
        ending=(row.ending or "") if therapist or bereaved else "",
        told=row.told_at is not None,
        news=frozenset({LEFT} if therapist and row.ending == LEFT and unseen else ()),
    )


def _day(moment: datetime | None) -> date | None:
    return moment and moment.date()


def _topics(row: AnyRow) -> frozenset[str]:
    return frozenset((row.never_topics or "").split())


def _call(row: AnyRow) -> Call | None:
    return row.asked_at and Call(row.asked_at, row.call_seen_at, row.call_closed_at)


def _granted(unit: Unit, person: str, at: datetime | None) -> Mapping[str, _Granted]:
    found: defaultdict[str, _Granted] = defaultdict(_Granted)
    asked = {"person": person, "since": oldest(at)}
    for row in unit.connection.execute(_GRANTED, asked):
        found[row.case_id].add(row)
    return found


def _requests(unit: Unit, person: str) -> Mapping[str, tuple[Request, ...]]:
    found: defaultdict[str, tuple[Request, ...]] = defaultdict(tuple)
    for row in unit.connection.execute(_REQUESTS, {"person": person}):
        request = Request(row.id, row.raised_at, row.seen_at, row.action, row.closed_at)
        found[row.case_id] += (request,)
    return found


_SCOPE, _MODULE = 0, 1

_ANOTHER = MEMBER.alias("another")
_ANSWERING = MEMBER.alias("answering")
_THERAPIST = PERSON.alias("therapist")
_REACHABLE = PERSON.alias("reachable")


def _joined(role: Role) -> Any:  # noqa: ANN401 - a labelled EXISTS, whose type says nothing more
    return (
        exists()
        .where(_ANOTHER.c.case_id == CASE.c.id, _ANOTHER.c.role == role.value)
        .label(f"{role}_joined")
    )


def _of_another(role: Role, column: str) -> Any:  # noqa: ANN401 - a labelled subquery, as above
    return (
        select(_ANOTHER.c[column])
        .where(_ANOTHER.c.case_id == CASE.c.id, _ANOTHER.c.role == role.value)
        .correlate(CASE)
        .scalar_subquery()
        .label(column)
    )


_FIRST_REACHABLE = (
    select(_ANSWERING.c.person_id)
    .join(_REACHABLE, _REACHABLE.c.id == _ANSWERING.c.person_id)
    .where(
        _ANSWERING.c.case_id == CASE.c.id,
        _ANSWERING.c.role == Role.THERAPIST.value,
        _REACHABLE.c.own_contact.is_not(None),
        still_staff(_ANSWERING),
    )
    .order_by(_ANSWERING.c.joined_at, _ANSWERING.c.person_id)
    .limit(literal(1))
    .correlate(CASE)
    .scalar_subquery()
)
_CONSENT_CHANGED = (
    exists()
    .where(
        MEMBER.c.role == Role.THERAPIST.value,
        CONSENT.c.case_id == CASE.c.id,
        or_(
            MEMBER.c.looked_at.is_(None),
            CONSENT.c.given_at > MEMBER.c.looked_at,
            CONSENT.c.revoked_at > MEMBER.c.looked_at,
        ),
    )
    .label("consent_changed")
)
_CASES = (
    select(
        CASE.c.id,
        CASE.c.number,
        CASE.c.confirmed_at,
        CASE.c.closed_at,
        MEMBER.c.role,
        MEMBER.c.label,
        MEMBER.c.plan,
        _joined(Role.PARTNER),
        _joined(Role.PATIENT),
        _of_another(Role.PARTNER, "agreed_at"),
        _of_another(Role.PATIENT, "never_topics"),
        CALL_REQUEST.c.asked_at,
        CALL_REQUEST.c.seen_at.label("call_seen_at"),
        CALL_REQUEST.c.closed_at.label("call_closed_at"),
        _THERAPIST.c.id.label("therapist"),
        _THERAPIST.c.data_key.label("therapist_key"),
        _THERAPIST.c.own_contact,
        _THERAPIST.c.office,
        CASE.c.style,
        CASE.c.ending,
        MEMBER.c.looked_at,
        MEMBER.c.told_at,
        _CONSENT_CHANGED,
    )
    .select_from(MEMBER)
    .join(CASE, CASE.c.id == MEMBER.c.case_id)
    .outerjoin(CALL_REQUEST, CALL_REQUEST.c.case_id == CASE.c.id)
    .outerjoin(
        _THERAPIST,
        and_(MEMBER.c.role == Role.PARTNER.value, _THERAPIST.c.id == _FIRST_REACHABLE),
    )
    .where(MEMBER.c.person_id == bindparam("person"), still_staff(MEMBER))
    .order_by(CASE.c.opened_at, CASE.c.id)
)
_MINE = select(MEMBER.c.case_id).where(MEMBER.c.person_id == bindparam("person"))
_GRANTED = union_all(
    select(
        literal(_SCOPE).label("kind"),
        CONSENT.c.case_id,
        CONSENT.c.scope.label("name"),
        and_(CONSENT.c.revoked_at.is_(None), CONSENT.c.given_at > bindparam("since")).label(
            "stands"
        ),
        literal(0).label("position"),
        CONSENT.c.given_at,
        CONSENT.c.recorded_at,
    ).where(CONSENT.c.case_id.in_(_MINE)),
    select(
        literal(_MODULE),
        ASSIGNMENT.c.case_id,
        ASSIGNMENT.c.module,
        ASSIGNMENT.c.withdrawn_at.is_(None),
        ASSIGNMENT.c.position,
        ASSIGNMENT.c.assigned_at,
        ASSIGNMENT.c.withdrawn_at,
    ).where(ASSIGNMENT.c.case_id.in_(_MINE), ASSIGNMENT.c.withdrawn_at.is_(None)),
).order_by("position")
_REQUESTS = (
    select(CONTACT_REQUEST)
    .join(MEMBER, MEMBER.c.case_id == CONTACT_REQUEST.c.case_id)
    .where(
        MEMBER.c.person_id == bindparam("person"),
        or_(
            MEMBER.c.role == Role.THERAPIST.value,
            and_(
                MEMBER.c.role == Role.PARTNER.value,
                CONTACT_REQUEST.c.person_id == bindparam("person"),
            ),
        ),
    )
    .order_by(CONTACT_REQUEST.c.raised_at, CONTACT_REQUEST.c.id)
)
