"""The data files: every field of its kind, every fault with its line, both languages alike."""

import pytest

from tests.texts.small import Small


def broken(content: Small, file: str, old: str, new: str) -> list[str]:
    """Return the problems after the same change in both languages, as told for Italian."""
    for lang in ("it", "en"):
        content.replace(f"{lang}/{file}", old, new)
    return [problem for problem in content.problems() if problem.startswith("content/it/")]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("goals.yaml", "area: walk", "area: sky", ":2: area is one of: walk, meal"),
        ("goals.yaml", "effort: 2", "effort: 4", ":3: effort is a whole number from 1 to 3"),
        ("goals.yaml", "effort: 2", "effort: true", ":3: effort is a whole number from 1 to 3"),
        ("goals.yaml", "own: false", 'own: "no"', ":4: own is true or false"),
        ("goals.yaml", "own: false", "owner: false", ":2: own is missing"),
        ("goals.yaml", "own: false", "own: false\n  mood: 1", ":5: mood is not a field"),
        ("goals.yaml", "short_walk:", "Short walk:", ":2: Short walk is not a name"),
        ("goals.yaml", "short_walk:", "- short_walk:", ":1: here a mapping is expected"),
        ("goals.yaml", "  area", "area", ":3: not valid YAML"),
        ("signs.yaml", "  text:", "  text: 3\n  was:", ":2: text is a text; put numbers"),
        ("contacts.yaml", "IT:", "Italy:", ":2: Italy is not a country code"),
        ("contacts.yaml", 'number: "112"', "number: 112", ":4: number is a text; put numbers"),
        ("contacts.yaml", 'number: "112"', 'call: "112"', ":4: call is not a field"),
        ("contacts.yaml", "[call]", "[shout]", ":5: shout is not one of: call, text"),
        ("contacts.yaml", "[call]", "[app]", ":5: the channel app needs app"),
        ("contacts.yaml", "for: emergency", "for: fun", ":6: for is one of: emergency, medical"),
        ("contacts.yaml", "hours: always", "hours: daily", ":7: hours is always, unknown or"),
        (
            "contacts.yaml",
            "hours: always",
            "hours: [{days: mon-fry, from: '09:00', to: '17:00'}]",
            ":7: mon-fry is not a day",
        ),
        (
            "contacts.yaml",
            "hours: always",
            "hours: [{days: mon, from: 09:00, to: '25:00'}]",
            ":7: to is an hour in quotes",
        ),
        ("contacts.yaml", "zone: Europe/Rome", "zone: Rome", ":8: Rome is not a zone"),
        ("contacts.yaml", "seen_on: 2026-11-22", "seen_on: today", ":10: seen_on is a date"),
        ("contacts.yaml", 'source: "a page, 2026"', "source:", ":9: source is missing"),
        ("contacts.yaml", "verified_on: null", "verified_on: no", ":11: verified_on is a date"),
        ("contacts.yaml", "grade: A", "grade: C", ":12: only grades A and B are published"),
        ("contacts.yaml", "id: xx_112", "id: it_112", ":15: it_112 stands already in line 2"),
        ("contacts.yaml", "for: line", "for: other", ":1: XX stands in for every other country"),
        ("contacts.yaml", "XX:", "YY:", ":1: XX stands in for every other country"),
    ],
)
def test_a_fault_is_told_with_its_line(
    content: Small, file: str, old: str, new: str, problem: str
) -> None:
    """Whatever is missing, unknown or of another kind is named where it stands."""
    found = broken(content, file, old, new)
    assert any(one.startswith(f"content/it/{file}{problem}") for one in found), found


def test_every_country_needs_an_emergency_number(content: Small) -> None:
    """A card without one must not exist."""
    found = broken(content, "contacts.yaml", "for: emergency", "for: other")
    assert [one.partition("yaml:")[2] for one in found] == [
        "2: IT has no emergency number",
        "15: XX has no emergency number",
    ]


def test_a_country_code_that_yaml_takes_for_a_word_is_read_as_written(content: Small) -> None:
    """NO is Norway, not "false"."""
    for lang in ("it", "en"):
        content.replace(f"{lang}/contacts.yaml", "IT:", "NO:")
    assert list(content.load().data["it"].contacts) == ["NO", "XX"]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("goals.yaml", "effort: 2", "effort: 1", "it/goals.yaml:2: short_walk has not the same"),
        ("goals.yaml", "short_walk:", "long_walk:", "it/goals.yaml:2: long_walk is missing in"),
        ("signs.yaml", "slower:", "faster:", "it/signs.yaml:2: faster is missing in"),
        ("contacts.yaml", '"112"', '"113"', "en/contacts.yaml:2: it_112: number is not the same"),
        ("contacts.yaml", "it_112", "it_113", "it/contacts.yaml:2: it_113 is missing in"),
        ("contacts.yaml", "always", "unknown", "en/contacts.yaml:2: it_112: hours is not the same"),
    ],
)
def test_the_languages_differ_in_words_and_nothing_else(
    content: Small, file: str, old: str, new: str, problem: str
) -> None:
    """Numbers, figures and slugs are the same; the fault names both places."""
    content.replace(f"it/{file}", old, new)
    expected = problem.replace("it/goals.yaml:2: short", "en/goals.yaml:2: short")
    found = content.problems()
    assert any(one.startswith(f"content/{expected}") for one in found), found


def test_names_and_notes_of_lines_are_each_languages_own(content: Small) -> None:
    """Only the words of a help line are written twice."""
    content.replace("en/contacts.yaml", '"Emergenza"', '"Emergency"')
    assert content.problems() == []


def test_a_placeholder_in_a_data_file_is_a_fault(content: Small) -> None:
    """Nobody would fill it."""
    content.replace("it/goals.yaml", '"un passo"', '"{n} passi"')
    place = "content/it/goals.yaml:7: short_walk.smaller"
    assert content.problems() == [
        f"{place}: placeholders belong in the message catalogue, not here"
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[" * 9000, "\x07", "a: &b [*b]\n"])
def test_a_file_that_is_no_yaml_or_a_trap_is_a_fault(content: Small, text: str) -> None:
    """Empty, nested without end, control characters, a list that holds itself."""
    content.write("it/goals.yaml", text)
    assert any(one.startswith("content/it/goals.yaml:1: ") for one in content.problems())


def test_the_words_of_safety_are_kept_with_their_lines(content: Small) -> None:
    """Their meaning is read elsewhere; the check can still name a place."""
    for lang in ("it", "en"):
        content.write(f"{lang}/safety.yaml", "red:\n  - morire\n")
    tree = content.load().data["it"].safety
    assert tree is not None
    assert tree.value["red"].value[0].line == 2
