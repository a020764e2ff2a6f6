"""Every "no" that must outlive a restore: erasures, revocations, closed cases, settings.

A backup is older than the people in it: whoever was erased, revoked, stopped pushes or became
discreet since must not come back otherwise with it. So the list of what was withdrawn is kept
apart from the backups, newer than all of them, and is applied to what they bring back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Executable, and_, bindparam, func, select, update

from bot.engine.chat import SURVIVORS, Role
from bot.store import dues
from bot.store.database import Unit
from bot.store.erasure import erase
from bot.store.tables import CASE, CONSENT, ERASURE, MEMBER, PERSON

Kind = Literal["erased", "revoked", "closed", "stopped", "discreet", "disagreed", "topics"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One "no": of whom or of what, and since when.

    `about` is a keyed hash (erased), ids in their order (a case and its scope, a case and its
    ending, a case and a member), or such ids and what was chosen (topics).
    """

    kind: Kind
    about: str
    at: datetime


def standing(unit: Unit, at: datetime) -> Iterator[Withdrawal]:
    """Yield what is withdrawn now; settings have no moment of their own, so `at` is theirs."""
    for person, moment in unit.connection.execute(_ERASED):
        yield Withdrawal("erased", person, moment)
    for case, scope, moment in unit.connection.execute(_REVOKED):
        yield Withdrawal("revoked", f"{case} {scope}", moment)
    for case, ending, moment in unit.connection.execute(_CLOSED):
        yield Withdrawal("closed", f"{case} {ending or ''}", moment)
    for person in unit.connection.scalars(_STOPPED):
        yield Withdrawal("stopped", person, at)
    for person in unit.connection.scalars(_DISCREET):
        yield Withdrawal("discreet", person, at)
    for case, person in unit.connection.execute(_DISAGREED):
        yield Withdrawal("disagreed", f"{case} {person}", at)
    for case, person, topics in unit.connection.execute(_TOPICS):
        yield Withdrawal("topics", f"{case} {person} {topics}", at)


def apply(
    unit: Unit, withdrawals: Iterable[Withdrawal], made_at: datetime, at: datetime
) -> Counter[Kind]:
    """Withdraw again what came back with a backup; return how much of each kind there was.

    Args:
        unit: over the restored database.
        withdrawals: as `standing` gave them.
        made_at: when the backup was made.
        at: now.

    What was given again later than it was withdrawn stays: whoever came back, a new consent.
    """
    by_kind: dict[Kind, dict[str, datetime]] = {kind: {} for kind in KINDS}
    for one in withdrawals:
        known = by_kind[one.kind]
        known[one.about] = max(one.at, known.get(one.about, one.at))
    done: Counter[Kind] = Counter()
    done["revoked"] = _revoke(unit, by_kind["revoked"])
    done["closed"] = _close(unit, by_kind["closed"])
    for kind, setting in _SETTINGS.items():
        later = {about for about, moment in by_kind[kind].items() if moment > made_at}
        done[kind] = _set(unit, later, setting)
    done["erased"] = _erase(unit, by_kind["erased"], at)
    return done


def _erase(unit: Unit, known: dict[str, datetime], at: datetime) -> int:
    again = [
        row.id
        for row in unit.connection.execute(_PEOPLE).all()
        if row.created_at < known.get(unit.secrets.erased(row.id), row.created_at)
    ]
    for person in again:
        erase(unit, person, at)
    return len(again)


def _revoke(unit: Unit, known: dict[str, datetime]) -> int:
    done = 0
    for about, moment in known.items():
        case, _, scope = about.partition(" ")
        revoked = {"which": case, "what": scope, "when": moment}
        done += unit.connection.scalar(_REVOKE, revoked) is not None
    return done


def _close(unit: Unit, known: dict[str, datetime]) -> int:
    done = 0
    for about, moment in known.items():
        case, _, ending = about.partition(" ")
        closed = {"which": case, "when": moment, "why": ending or None}
        if unit.connection.scalar(_CLOSE, closed) is not None:
            dues.drop(unit, case=case)
            done += 1
            for person in _bereaved(unit, case, ending):
                dues.drop(unit, person=person)
    return done


def _bereaved(unit: Unit, case: str, ending: str) -> Sequence[str]:
    """Whoever is left after a death: every reminder of theirs dies with it."""
    return unit.connection.scalars(_BOTH, {"which": case}).all() if ending in SURVIVORS else ()


def _set(unit: Unit, abouts: Collection[str], setting: Executable) -> int:
    """Set again what people had set when the list was made, after the backup."""
    done = 0
    for about in abouts:
        which, _, rest = about.partition(" ")
        who, _, what = rest.partition(" ")
        asked = {"which": which, "who": who, "what": what}
        done += unit.connection.scalar(setting, asked) is not None
    return done


_ERASED = select(ERASURE.c.person_hash, ERASURE.c.at)
_REVOKED = select(CONSENT.c.case_id, CONSENT.c.scope, CONSENT.c.revoked_at).where(
    CONSENT.c.revoked_at.is_not(None)
)
_CLOSED = select(CASE.c.id, CASE.c.ending, CASE.c.closed_at).where(CASE.c.closed_at.is_not(None))
_STOPPED = select(PERSON.c.id).where(~PERSON.c.pushes, PERSON.c.erased_at.is_(None))
_DISCREET = select(PERSON.c.id).where(PERSON.c.discreet, PERSON.c.erased_at.is_(None))
_PEOPLE = select(PERSON.c.id, PERSON.c.created_at).where(PERSON.c.erased_at.is_(None))
_REVOKE = (
    update(CONSENT)
    .where(
        and_(CONSENT.c.case_id == bindparam("which"), CONSENT.c.scope == bindparam("what")),
        CONSENT.c.revoked_at.is_(None),
        # On paper the date of the consent is not the day on which it began to stand here.
        func.coalesce(CONSENT.c.recorded_at, CONSENT.c.given_at) < bindparam("when"),
    )
    .values(revoked_at=bindparam("when"))
    .returning(CONSENT.c.scope)
)
_CLOSE = (
    update(CASE)
    .where(CASE.c.id == bindparam("which"), CASE.c.closed_at.is_(None))
    .values(closed_at=bindparam("when"), ending=bindparam("why"))
    .returning(CASE.c.id)
)
_STOP = (
    update(PERSON)
    .where(PERSON.c.id == bindparam("which"), PERSON.c.pushes)
    .values(pushes=False)
    .returning(PERSON.c.id)
)
_HIDE = (
    update(PERSON)
    .where(PERSON.c.id == bindparam("which"), ~PERSON.c.discreet)
    .values(discreet=True)
    .returning(PERSON.c.id)
)
_MEMBER = (MEMBER.c.case_id == bindparam("which"), MEMBER.c.person_id == bindparam("who"))
_BOTH = select(MEMBER.c.person_id).where(
    MEMBER.c.case_id == bindparam("which"), MEMBER.c.role != Role.THERAPIST.value
)
_DISAGREED = select(MEMBER.c.case_id, MEMBER.c.person_id).where(
    MEMBER.c.role == Role.PARTNER.value, MEMBER.c.agreed_at.is_(None)
)
_TOPICS = select(MEMBER.c.case_id, MEMBER.c.person_id, MEMBER.c.never_topics).where(
    MEMBER.c.never_topics.is_not(None)
)
_DISAGREE = (
    update(MEMBER)
    .where(*_MEMBER, MEMBER.c.agreed_at.is_not(None))
    .values(agreed_at=None)
    .returning(MEMBER.c.case_id)
)
_CHOOSE = (
    update(MEMBER)
    .where(*_MEMBER, MEMBER.c.never_topics.is_distinct_from(bindparam("what")))
    .values(never_topics=bindparam("what"))
    .returning(MEMBER.c.case_id)
)
_SETTINGS: Mapping[Kind, Executable] = {
    "stopped": _STOP,
    "discreet": _HIDE,
    "disagreed": _DISAGREE,
    "topics": _CHOOSE,
}
