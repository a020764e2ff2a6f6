"""Observable signs and the response plan: the partner proposes, the patient decides (M05).

Both lie under the scope `signs`. Nothing of a look at the signs is kept but, in the plan, the
date of the last one: there is no column for what was seen.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from bot.engine.chat import Plan, Role, Scope, Sign
from bot.store import access
from bot.store.access import Held
from bot.store.database import AnyRow, Unit
from bot.store.encryption import Vault
from bot.store.tables import MEMBER, PERSON, SIGN

MOST = 5
"""Signs on one list, proposed and approved together; a declined one takes no room."""

PROPOSED, APPROVED, DECLINED = "proposed", "approved", "declined"


def propose(unit: Unit, partner: str, case: str, sign: Sign, at: datetime) -> bool:
    """Put a sign on the list, at its end, for the patient to decide on.

    False when the list is full, or the sign stands in the case already, also as a declined one:
    a no is asked for once.
    """
    held = _open_for(unit, partner, case, Role.PARTNER, at)
    if held is None:
        return False
    found = unit.connection.execute(_OF_CASE, {"case": case}).all()
    if any(sign.id == row.id or (sign.slug and sign.slug == row.slug) for row in found):
        return False
    if sum(row.state != DECLINED for row in found) >= MOST:
        return False
    sealed = unit.vault(partner).seal("sign", "words", sign.words) if sign.words else None
    unit.connection.execute(
        SIGN.insert(),
        {
            "case_id": case,
            "id": sign.id,
            "practice_id": held.practice,
            "person_id": partner,
            "slug": sign.slug,
            "words": sealed,
            "amber": sign.amber,
            "state": PROPOSED,
            "position": max((row.position for row in found), default=0) + 1,
            "proposed_at": at,
        },
    )
    return True


def answer(unit: Unit, patient: str, case: str, sign: str, at: datetime, *, approved: bool) -> bool:
    """Approve or decline a sign: the patient's word, which they may change at any time."""
    if _open_for(unit, patient, case, Role.PATIENT, at) is None:
        return False
    word = {"in": case, "which": sign, "word": APPROVED if approved else DECLINED, "now": at}
    return unit.connection.scalar(_ANSWERED, word) is not None


def remove(unit: Unit, partner: str, case: str, sign: str, at: datetime | None = None) -> bool:
    """Take a sign off the list; one the patient declined stays, so that it is not asked again."""
    if _open_for(unit, partner, case, Role.PARTNER, at) is None:
        return False
    return unit.connection.scalar(_REMOVED, {"in": case, "which": sign}) is not None


def raise_to_top(
    unit: Unit, partner: str, case: str, sign: str, at: datetime | None = None
) -> bool:
    """Put a sign before all others."""
    if _open_for(unit, partner, case, Role.PARTNER, at) is None:
        return False
    first = unit.connection.scalar(_FIRST, {"case": case}) or 0
    moved = {"in": case, "which": sign, "place": first - 1}
    return unit.connection.scalar(_MOVED, moved) is not None


def save_plan(unit: Unit, partner: str, case: str, plan: Plan, at: datetime | None = None) -> bool:
    """Save the partner's plan as it is; the same again changes nothing."""
    if _open_for(unit, partner, case, Role.PARTNER, at) is None:
        return False
    plain = {**asdict(plan), "asked_on": plan.asked_on and plan.asked_on.isoformat()}
    sealed = unit.vault(partner).seal("member", "plan", json.dumps(plain, ensure_ascii=False))
    unit.connection.execute(_PLANNED, {"in": case, "who": partner, "sealed": sealed})
    return True


def plan_in(sealed: bytes | None, vault: Vault) -> Plan:
    """Return the plan a membership holds."""
    if sealed is None:
        return Plan()
    plain = json.loads(vault.open("member", "plan", sealed))
    asked_on = plain.pop("asked_on")
    return Plan(**plain, asked_on=date.fromisoformat(asked_on) if asked_on else None)


def seen_by(
    unit: Unit, *, proposed: Collection[str], mirrored: Collection[str]
) -> Mapping[str, tuple[Sign, ...]]:
    """Return by case the signs in their order.

    In the `proposed` cases the person is the partner and sees each with its answer; in the
    `mirrored` ones the patient, who is not shown again what they declined. In both the scope
    stands now (P8).
    """
    found: defaultdict[str, tuple[Sign, ...]] = defaultdict(tuple)
    if not proposed and not mirrored:
        return found
    asked = {"proposed": list(proposed), "mirrored": list(mirrored)}
    for row in unit.connection.execute(_SEEN, asked):
        found[row.case_id] += (_sign(row, unit.unlock(row.person_id, row.data_key)),)
    return found


def forget(unit: Unit, case: str) -> None:
    """Erase what the scope `signs` covers in a case."""
    unit.connection.execute(delete(SIGN).where(SIGN.c.case_id == case))
    unit.connection.execute(update(MEMBER).where(MEMBER.c.case_id == case).values(plan=None))


def _open_for(unit: Unit, person: str, case: str, role: Role, at: datetime | None) -> Held | None:
    """The case, if this person may act on its signs in this role at this moment."""
    held = access.held(unit, case, person, role)
    if held is None or Scope.SIGNS not in access.consented(unit, case, at):
        return None
    agreed = held.agreed or role is not Role.PARTNER
    return held if held.confirmed and agreed else None


def _sign(row: AnyRow, vault: Vault) -> Sign:
    words = vault.open("sign", "words", row.words) if row.words else None
    return Sign(row.id, row.slug, words, row.amber, row.state)


_OF_CASE = select(SIGN.c.id, SIGN.c.slug, SIGN.c.state, SIGN.c.position).where(
    SIGN.c.case_id == bindparam("case")
)
_THIS = and_(SIGN.c.case_id == bindparam("in"), SIGN.c.id == bindparam("which"))
_ANSWERED = (
    update(SIGN)
    .where(_THIS, SIGN.c.state != bindparam("word"))
    .values(state=bindparam("word"), answered_at=bindparam("now"))
    .returning(SIGN.c.id)
)
_REMOVED = delete(SIGN).where(_THIS, SIGN.c.state != DECLINED).returning(SIGN.c.id)
_FIRST = select(func.min(SIGN.c.position)).where(SIGN.c.case_id == bindparam("case"))
_MOVED = update(SIGN).where(_THIS).values(position=bindparam("place")).returning(SIGN.c.id)
_PLANNED = (
    update(MEMBER)
    .where(MEMBER.c.case_id == bindparam("in"), MEMBER.c.person_id == bindparam("who"))
    .values(plan=bindparam("sealed"))
)
_SEEN = (
    select(SIGN, PERSON.c.data_key)
    .join(PERSON, PERSON.c.id == SIGN.c.person_id)
    # Who has left the case has taken their signs along.
    .join(MEMBER, and_(MEMBER.c.case_id == SIGN.c.case_id, MEMBER.c.person_id == PERSON.c.id))
    .where(
        or_(
            SIGN.c.case_id.in_(bindparam("proposed", expanding=True)),
            and_(
                SIGN.c.case_id.in_(bindparam("mirrored", expanding=True)),
                SIGN.c.state != DECLINED,
            ),
        )
    )
    .order_by(SIGN.c.position, SIGN.c.id)
)
