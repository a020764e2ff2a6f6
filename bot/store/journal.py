"""The journal of tiers: code and time of what was answered, for the person's own export alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.safety.reading import Tier
from bot.store.database import Unit
from bot.store.tables import TIER_NOTE


@dataclass(frozen=True, slots=True)
class Noted:
    """How often a trigger was answered, and when last."""

    tier: Tier
    trigger: str
    times: int
    last_at: datetime


def note_tier(unit: Unit, person: str, tier: Tier, trigger: str, at: datetime) -> None:
    """Note that a tier was answered."""
    unit.connection.execute(
        TIER_NOTE.insert(), {"person_id": person, "tier": tier, "trigger": trigger, "at": at}
    )


def tiers(unit: Unit, person: str) -> tuple[Noted, ...]:
    """Return what was answered to a person, by tier and trigger."""
    rows = unit.connection.execute(_TIERS, {"person": person})
    return tuple(Noted(Tier(row.tier), row.trigger, row.times, row.last_at) for row in rows)


_TIERS = (
    select(
        TIER_NOTE.c.tier,
        TIER_NOTE.c.trigger,
        func.count().label("times"),
        func.max(TIER_NOTE.c.at).label("last_at"),
    )
    .where(TIER_NOTE.c.person_id == bindparam("person"))
    .group_by(TIER_NOTE.c.tier, TIER_NOTE.c.trigger)
    .order_by(TIER_NOTE.c.tier, TIER_NOTE.c.trigger)
)
