"""Days of the week as people type them."""

import pytest

from bot.engine.effects import Words
from bot.flows.office import weekdays
from bot.flows.weekdays import parse_weekdays


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("lun-ven", (1, 2, 3, 4, 5)),
        ("Lunedì e giovedì", (1, 4)),
        ("lunedi' e giovedi'", (1, 4)),
        ("da lun a mer", (1, 2, 3)),
        ("dal lunedì al venerdì", (1, 2, 3, 4, 5)),
        ("Mon, Wed and Fri", (1, 3, 5)),
        ("Mon to Thu", (1, 2, 3, 4)),
        ("Saturdays", (6,)),
        ("sab - lun", (1, 6, 7)),
        ("lun lun", (1,)),
        ("", ()),
        ("quando capita", ()),
        ("lun e forse gio", ()),
        ("lun-mer-ven", ()),
        ("lun-", ()),
    ],
)
def test_what_people_type(typed: str, days: tuple[int, ...]) -> None:
    """In either language; one word that is no day, and nothing is taken."""
    assert parse_weekdays(typed) == days


def test_a_run_of_days_is_told_from_its_first_to_its_last() -> None:
    """Two days, or days apart, are named one by one."""
    first, last = Words("weekday.1"), Words("weekday.3")
    assert weekdays((1, 2, 3)) == Words("office.from_to", {"first": first, "last": last})
    assert weekdays((1, 2)) == (Words("weekday.1"), Words("weekday.2"))
    assert weekdays((1, 3, 5)) == (Words("weekday.1"), Words("weekday.3"), Words("weekday.5"))
