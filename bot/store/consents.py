"""Consent: given by the patient alone, scope by scope; revoked, it seals at once.

It holds for half a year. Without an account here the patient signs on paper, and the therapist
writes that down; it is shown as such, and the therapist takes it back on the patient's word.

Sealed data stay where they are and are not read by anybody: every reader asks for the consent
that stands now (P8). After thirty days they are erased, and a later consent starts anew.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update

from bot.engine.chat import CONSENT_LASTS, Role, Scope
from bot.store import access, dues, signs
from bot.store.access import Held, oldest
from bot.store.database import Unit
from bot.store.tables import ASSIGNMENT, CONSENT, CONTACT_REQUEST, GOAL, MEMBER

SEALED_FOR = timedelta(days=30)


def give_consent(
    unit: Unit, patient: str, case: str, scopes: Collection[Scope], at: datetime
) -> bool:
    """Let exactly these scopes stand from now on; return whether other scopes stand than before.

    The same scopes again hold for another half year. What was sealed less than thirty days ago
    opens again.
    """
    held = access.held(unit, case, patient, Role.PATIENT)
    return held is not None and _give(unit, held, frozenset(scopes), at, {"given_at": at})


def record_paper(
    unit: Unit, therapist: str, case: str, scopes: Collection[Scope], on: datetime, at: datetime
) -> bool:
    """Let exactly the scopes stand that a patient without an account signed on paper `on` a day.

    Returns whether the paper counts: False once the patient has an account here, for a paper
    from the future and for one that has run out.
    """
    held = access.held(unit, case, therapist, Role.THERAPIST)
    if held is None or not oldest(at) < on <= at or unit.connection.scalar(_SEATED, {"case": case}):
        return False
    _give(
        unit,
        held,
        frozenset(scopes),
        at,
        {"given_at": on, "recorded_at": at, "recorded_by": therapist},
    )
    return True


def revoke_paper(unit: Unit, therapist: str, case: str, at: datetime) -> bool:
    """Seal at once, on the patient's word, whatever stands on paper; return if anything did."""
    if access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    return _revoke(unit, case, on_paper(unit, case, at), at)


def on_paper(unit: Unit, case: str, at: datetime) -> frozenset[Scope]:
    """Return the scopes that stand on paper."""
    asked = {"case": case, "since": oldest(at)}
    return frozenset(Scope(s) for s in unit.connection.scalars(_ON_PAPER, asked))


def revoke_consent(
    unit: Unit, patient: str, case: str, scopes: Collection[Scope], at: datetime
) -> bool:
    """Seal these scopes at once and empty the case's queue; return whether anything changed."""
    held = access.held(unit, case, patient, Role.PATIENT)
    return held is not None and _revoke(unit, case, frozenset(scopes), at)


def revoke_everything(unit: Unit, case: str, at: datetime) -> bool:
    """Seal every scope of a case because somebody left it, so the consent has lost its object."""
    return _revoke(unit, case, frozenset(Scope), at)


def run_out(unit: Unit, at: datetime, case: str | None = None) -> tuple[str, ...]:
    """Seal every consent that nobody renewed in time, of all cases or one; return which cases.

    It is sealed since the moment it ran out, however late that is noticed.
    """
    found = _RUN_OUT if case is None else _RUN_OUT.where(CONSENT.c.case_id == case)
    scopes: defaultdict[str, set[Scope]] = defaultdict(set)
    for row in unit.connection.execute(found, {"since": oldest(at)}).all():
        ended = {"in": row.case_id, "which": row.scope, "now": row.given_at + CONSENT_LASTS}
        unit.connection.execute(_ENDED, ended)
        scopes[row.case_id].add(Scope(row.scope))
    for each, gone in scopes.items():
        dues.drop(unit, case=each, scopes=gone)
    return tuple(scopes)


def forget_sealed(unit: Unit, before: datetime) -> int:
    """Erase what was sealed before a moment, with its consent; return how many scopes went."""
    rows = unit.connection.execute(_SEALED, {"before": before}).all()
    for row in rows:
        _forget(unit, row.case_id, Scope(row.scope))
    return len(rows)


def _give(
    unit: Unit, held: Held, scopes: frozenset[Scope], at: datetime, how: Mapping[str, Any]
) -> bool:
    run_out(unit, at, held.id)
    standing = access.consented(unit, held.id)
    _revoke(unit, held.id, standing - scopes, at)
    row = {"revoked_at": None, "recorded_at": None, "recorded_by": None, **how}
    for scope in sorted(scopes):
        if scope not in standing:
            _forget_if_old(unit, held.id, scope, at - SEALED_FOR)
        unit.connection.execute(
            unit.insert(CONSENT)
            .values(case_id=held.id, scope=scope, practice_id=held.practice, **row)
            .on_conflict_do_update(index_elements=list(CONSENT.primary_key), set_=row)
        )
    return scopes != standing


def _revoke(unit: Unit, case: str, scopes: frozenset[Scope], at: datetime) -> bool:
    if not scopes:
        return False
    revoked = (
        update(CONSENT)
        .where(
            CONSENT.c.case_id == case,
            CONSENT.c.scope.in_(sorted(scopes)),
            CONSENT.c.revoked_at.is_(None),
        )
        .values(revoked_at=at)
        .returning(CONSENT.c.scope)
    )
    if not unit.connection.execute(revoked).all():
        return False
    dues.drop(unit, case=case, scopes=scopes)
    if not access.consented(unit, case):
        dues.drop(unit, case=case, kinds=(dues.Kind.RENEWAL,))
    return True


def _forget_if_old(unit: Unit, case: str, scope: Scope, before: datetime) -> None:
    asked = {"before": before, "case": case, "scope": scope}
    if unit.connection.execute(_THIS_SEALED, asked).first():
        _forget(unit, case, scope)


def _forget(unit: Unit, case: str, scope: Scope) -> None:
    """Erase what a scope covers."""
    covered = {
        Scope.MODULES: delete(ASSIGNMENT).where(ASSIGNMENT.c.case_id == case),
        Scope.GOALS: delete(GOAL).where(GOAL.c.case_id == case),
        Scope.CONTACT: delete(CONTACT_REQUEST).where(CONTACT_REQUEST.c.case_id == case),
    }
    if scope in covered:
        unit.connection.execute(covered[scope])
    if scope is Scope.SIGNS:
        signs.forget(unit, case)
    unit.connection.execute(
        delete(CONSENT).where(CONSENT.c.case_id == case, CONSENT.c.scope == scope)
    )


_SEALED = select(CONSENT.c.case_id, CONSENT.c.scope).where(
    CONSENT.c.revoked_at <= bindparam("before")
)
_THIS_SEALED = _SEALED.where(
    CONSENT.c.case_id == bindparam("case"), CONSENT.c.scope == bindparam("scope")
)
_STANDS = CONSENT.c.revoked_at.is_(None)
_RUN_OUT = select(CONSENT.c.case_id, CONSENT.c.scope, CONSENT.c.given_at).where(
    _STANDS, CONSENT.c.given_at <= bindparam("since")
)
_ENDED = (
    update(CONSENT)
    .where(CONSENT.c.case_id == bindparam("in"), CONSENT.c.scope == bindparam("which"), _STANDS)
    .values(revoked_at=bindparam("now"))
)
_ON_PAPER = select(CONSENT.c.scope).where(
    CONSENT.c.case_id == bindparam("case"),
    _STANDS,
    CONSENT.c.given_at > bindparam("since"),
    CONSENT.c.recorded_at.is_not(None),
)
_SEATED = select(
    exists().where(MEMBER.c.case_id == bindparam("case"), MEMBER.c.role == Role.PATIENT.value)
)
