"""An evening with three people in a case that has all its keys, and a reader of few words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.safety.reading import CALM, About, Reading, Tier
from bot.services.parts import Parts
from tests.parts import parts_in
from tests.script import Script
from tests.services.evening import Evening
from tests.theatre import Theatre

BEGINS = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)  # 17:00 in Rome

_RED = Reading(Tier.RED, "R3", "suicide_other", About.OTHER)
_CHECK = Reading(Tier.CHECK, "R3", "suicide_other", About.OTHER)
_WHOLE = (("vuole morire", _RED), ("ha preso tutte le pastiglie", _RED), ("un peso", _CHECK))


def read_few_words(text: str, earlier: tuple[str, ...] = ()) -> Reading:
    """Read as the real reader does: what was complete before counts no more."""
    before = " ".join(earlier)
    whole = f"{before} {text}".lower()
    return next((made for words, made in _WHOLE if words in whole and words not in before), CALM)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The real parts, but for the reader."""
    with parts_in(tmp_path, read_few_words) as made:
        yield made


@pytest.fixture
def evening(parts: Parts) -> Evening:
    """Three people at five in the afternoon."""
    script = Script("", "it", "", BEGINS, with_case=True, lines=())
    return Evening(Theatre(parts, script))


@pytest.fixture
def another_evening(tmp_path: Path) -> Iterator[Evening]:
    """The same evening once more, in a database of its own."""
    folder = tmp_path / "another"
    folder.mkdir()
    with parts_in(folder, read_few_words) as made:
        script = Script("", "it", "", BEGINS, with_case=True, lines=())
        yield Evening(Theatre(made, script))
