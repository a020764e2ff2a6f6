"""The labelled messages: read strictly, every fault told with its line."""

from collections.abc import Callable

import pytest

from bot.safety.reading import Tier
from bot.understanding.examples import Example, fingerprint, read_examples

PATH = "it/understanding/friction.yaml"
SOUND = """label: friction
cards:
  c01: {who: "moglie, 40", part: train}
  c02: {who: "compagno, 25", part: frozen}
examples:
- {card: c01, text: "se mi amassi usciresti", kinds: [guilt, pressure]}
- {card: c01, text: "stanco morto", label: hard_negative}
- {card: c02, text: "da ieri rifiuta le gocce", label: worsening, trigger: A2}
- {card: c02, text: "meglio senza di me", label: suicide_other, tier: check}
"""


def read(text: str, path: str = PATH) -> tuple[list[Example], list[str]]:
    """Return the examples and what is told."""
    examples, faults = read_examples({path: text})
    return list(examples), [str(fault) for fault in faults]


def test_an_example_has_the_tier_and_trigger_of_its_label_unless_it_says_another() -> None:
    """And belongs to the part of its card, under a name no other file has."""
    examples, told = read(SOUND)
    assert told == []
    assert [(e.label, e.tier, e.trigger, e.kinds) for e in examples] == [
        ("friction", Tier.NONE, None, ("guilt", "pressure")),
        ("hard_negative", Tier.NONE, None, ()),
        ("worsening", Tier.AMBER, "A2", ()),
        ("suicide_other", Tier.CHECK, "R3", ()),
    ]
    assert [(e.card, e.frozen) for e in examples[1:3]] == [
        ("it/friction/c01", False),
        ("it/friction/c02", True),
    ]


FAULTS: list[tuple[Callable[[str], str], str]] = [
    (lambda _: "label: [", "2: not valid YAML"),
    (lambda _: "", "1: holds no fields; write label, cards and examples"),
    (lambda s: s.replace("label: friction", "label: fiction", 1), "1: label: 'fiction' must be"),
    (lambda s: s + "more: 1\n", "10: more is no field here; take it out"),
    (lambda s: s[: s.index("examples:")], "1: examples is no list; add messages"),
    (lambda s: s.replace("frozen", "later"), "4: card c02: part is 'later'; write train or frozen"),
    (lambda s: s.replace('{card: c01, text: "st', '{card: c09, text: "st'), "7: card 'c09' is"),
    (lambda s: s.replace("stanco morto", " "), "7: text is empty or over 4096 characters"),
    (lambda s: s.replace("stanco morto", "a" * 4097), "7: text is empty or over 4096 characters"),
    (lambda s: s.replace("hard_negative", "hard"), "7: label: 'hard' is unknown; use one of"),
    (lambda s: s.replace("A2", "A99"), "8: trigger: 'A99' is unknown; use one of R1, "),
    (lambda s: s.replace("check", "blue"), "9: tier: 'blue' is unknown; use one of red, check"),
    (lambda s: s.replace("guilt", "gilt"), "6: kinds: gilt is unknown; use some of pressure"),
    (lambda s: s.replace(", kinds: [guilt, pressure]", ""), "6: kinds belong to friction"),
    (lambda s: s.replace("label: hard_negative", "kind: [guilt]"), "7: kind is no field of an"),
    (lambda s: s.replace("stanco morto", "Se mi amassi, usciresti!"), "7: «Se mi amassi, "),
]


@pytest.mark.parametrize(("change", "told"), FAULTS, ids=[told for _, told in FAULTS])
def test_a_fault_is_told_with_its_line(change: Callable[[str], str], told: str) -> None:
    """Whoever writes examples reads where the slip is, and what to do."""
    changed = change(SOUND)
    assert changed != SOUND
    faults = read(changed)[1]
    assert any(fault.startswith(f"{PATH}:{told}") for fault in faults), faults


def test_a_message_may_stand_in_one_file_only() -> None:
    """Learnt here and measured there would measure memory."""
    other = 'label: vent\ncards:\n  c01: {part: frozen}\nexamples:\n- {card: c01, text: "%s"}\n'
    twice = {PATH: SOUND, "it/understanding/vent.yaml": other % "Stanco, morto"}
    told = "«Stanco, morto» stands under it/friction/c01 too; write another"
    faults = [str(fault) for fault in read_examples(twice)[1]]
    assert faults == [f"it/understanding/vent.yaml:5: {told}"]
    english = {PATH: SOUND, "en/understanding/vent.yaml": other % "Stanco, morto"}
    assert read_examples(english)[1] == ()


def test_the_fingerprint_follows_names_and_texts_and_not_line_ends() -> None:
    """A checkout with other line ends holds the same examples."""
    one = fingerprint({PATH: SOUND})
    assert fingerprint({PATH: SOUND.replace("\n", "\r\n")}) == one
    assert fingerprint({PATH: SOUND + " "}) != one
    assert fingerprint({"en" + PATH[2:]: SOUND}) != one
