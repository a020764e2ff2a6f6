"""The phrase bank there is: enough, light, alike in both languages; every fault is told (M02)."""

from collections import Counter
from pathlib import Path

import pytest

from bot.flows.phrasebook import ANYWHERE, GROUPS
from bot.safety.reading import FRICTION_KINDS, Tier
from bot.services.parts import offer_of
from bot.texts.markup import plain
from bot.texts.phrasebook import PhraseFile
from tests.parts import reader, shelf
from tests.starts import STARTS
from tests.texts.small import Small

SOUND = Path(__file__).parent.parent / "broken_content/sound/content"
BANKS = {lang: data.phrases for lang, data in shelf().bundle.data.items()}
BOOK = offer_of(shelf().bundle).phrases
PARTNER = STARTS["partner"]
every_bank = pytest.mark.parametrize("bank", BANKS.values(), ids=BANKS)


@every_bank
def test_the_bank_is_large_enough_M02(bank: PhraseFile) -> None:
    """At least 120 phrases, eight for each of the situations, no phrase twice."""
    texts = [plain(phrase.texts["text"]) for phrase in bank.phrases.values()]
    counted = Counter(phrase.situation for phrase in bank.phrases.values())
    assert len(texts) == len(set(texts)) >= 120
    assert set(counted) == set(bank.situations)
    assert min(counted.values()) >= 8
    assert {place.group for place in bank.situations.values()} == set(GROUPS)


@every_bank
def test_no_phrase_reads_as_an_alarm_M02(bank: PhraseFile) -> None:
    """Whoever types one of them back must not meet an emergency card."""
    read = reader()
    texts = [plain(phrase.texts["text"]) for phrase in bank.phrases.values()]
    alarming = [text for text in texts if read(text, ()).tier in {Tier.RED, Tier.CHECK}]
    assert alarming == []


@pytest.mark.parametrize("kind", FRICTION_KINDS)
def test_every_kind_has_answers_in_every_situation_M02(kind: str) -> None:
    """At least two that answer this kind come first; whatever follows is of the situation."""
    for place in BOOK.situations:
        slugs = BOOK.answers((kind,), place.slug)
        known = {phrase.slug: phrase for phrase in BOOK.phrases}
        assert all(kind in known[slug].kinds for slug in slugs[:2]), place.slug
        assert len(set(slugs)) == len(slugs)
        assert {known[slug].situation for slug in slugs} <= {place.slug, ANYWHERE}


def test_of_two_kinds_a_phrase_that_answers_both_comes_first_M02() -> None:
    """Then those for the stronger one."""
    known = {phrase.slug: phrase.kinds for phrase in BOOK.phrases}
    slugs = BOOK.answers(("sarcasm", "guilt"), "meal")
    assert {"sarcasm", "guilt"} <= known[slugs[0]]
    assert "sarcasm" in known[slugs[1]]


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("Ti ALZI da quel letto o no?", "bed"),
        ("you're still in bed at noon", "bed"),
        ("non hai mangiato niente nemmeno a cena", "meal"),
        ("the kids heard everything", "children"),
        ("rispondi al telefono", "phone_call"),
        ("you missed your appointment again", "appointment"),
        ("non mi abbracci più", "intimacy"),
        ("why are you crying", "crying"),
        ("boh", ""),
    ],
)
def test_a_situation_is_known_by_its_words(text: str, situation: str) -> None:
    """In either language, whichever is set."""
    assert BOOK.recognised(PARTNER, text) == situation


def test_a_topic_left_alone_is_not_recognised_M11() -> None:
    """To this partner there is nothing about children."""
    assert BOOK.recognised(STARTS["partner_never"], "i bambini") == ""
    assert BOOK.known(STARTS["partner_never"], "kids_bath") is None


def told(content: Small, old: str, new: str) -> list[str]:
    """Return what is told after the same change to both small banks."""
    for lang in ("it", "en"):
        text = (SOUND / lang / "phrases.yaml").read_text(encoding="utf-8")
        assert old in text
        content.write(f"{lang}/phrases.yaml", text.replace(old, new, 1))
    return [problem for problem in content.problems() if problem.startswith("content/it/")]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("group: day", "group: night", "group is one of: day, outside, us"),
        ("group: day", "group: day\n    topic: weather", "topic is one of: intimacy, children"),
        ("group: day", "group: day\n    words: []", "words is a list with at least one item"),
        ("group: day", "group: day\n    mood: 1", "mood is not a field"),
        ("  any_tea:", "  Any tea:", "Any tea is not a name"),
        ("  any_tea:", "  any_walk:", "any_walk stands here twice"),
        ("  any_tea:", "  guilt:", "guilt stands already in line"),
        ("  sarcasm:", "  irony:", "kinds: sarcasm missing"),
        ("kinds:", "sorts:", "kinds is missing"),
    ],
)
def test_a_fault_is_told_with_its_line(content: Small, old: str, new: str, problem: str) -> None:
    """Whatever is missing, unknown or there twice."""
    assert any(problem in one for one in told(content, old, new))


def test_words_are_whole_and_may_have_any_ending(content: Small) -> None:
    """A star stands for the rest of a word, also for none."""
    told(content, "group: day", "group: day\n    words: ['alz*', 'in piedi']")
    words = content.load().data["it"].phrases.situations[ANYWHERE].words
    found = [any(word.search(text) for word in words) for text in ("alzati", "rialza", "in  piedi")]
    assert found == [True, False, True]
