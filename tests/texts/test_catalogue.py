"""The message catalogue: every entry once, complete, and the same holes in both languages."""

import pytest

from tests.texts.small import Small


def add(content: Small, lang: str, text: str) -> int:
    """Append lines to a catalogue and return the number of the first."""
    before = content.read(f"{lang}/messages.po")
    content.write(f"{lang}/messages.po", f"{before}\n{text}")
    return before.count("\n") + 2


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('msgid "a.b"\nmsgstr ""\n', 0, "a.b has no words"),
        ('msgid "a"\nmsgid_plural "a"\nmsgstr[0] "x"\n', 0, "a: one of the 2 plural forms has no"),
        ('#, fuzzy\nmsgid "a"\nmsgstr "x"\n', 1, "a is marked fuzzy"),
        ('msgid "A b"\nmsgstr "x"\n', 0, "'A b' is not an id"),
        ('msgctxt "x"\nmsgid "a"\nmsgstr "x"\n', 1, "a: msgctxt is not part of the format"),
        ('msgid "a"\nmsgstr "x {} y"\n', 0, "a: a placeholder is {name}"),
        ('msgid "a"\nmsgstr "{Name}"\n', 0, "a: a placeholder is {name}"),
        ('msgid "a"\nmsgstr "{n:d}"\n', 0, "a: a placeholder is {name}"),
        ('msgid "a"\nmsgstr "{n.real}"\n', 0, "a: a placeholder is {name}"),
        ('msgid "a"\nmsgstr "x { y"\n', 0, "a: a lone brace"),
        ('msgid "a"\nmsgstr "x ** y"\n', 0, "a: a lone *"),
        ('msgid "a"\nmsgstr "> x\\n" "y"\n', 1, "a line is a comment or a keyword"),
        ('msgid "a"\nmsgstr "> x\\ny"\n', 0, "a: this line still belongs to the quote"),
        ('msgid "a"\nmsgstr "x\n', 1, 'a line is a comment or a keyword with its text in "quotes"'),
        ('msgid "a"\nmsgst "x"\n', 1, "a line is a comment or a keyword"),
        ('msgid "a"\n', 0, "missing msgstr for msgid 'a'"),
    ],
)
def test_a_fault_in_an_entry_is_told_with_its_line(
    content: Small, text: str, line: int, problem: str
) -> None:
    """The line is that of the entry, or the very line where the file cannot be read."""
    start = add(content, "it", text)
    found = content.problems()
    expected = f"content/it/messages.po:{start + line}: {problem}"
    assert any(one.startswith(expected) for one in found), found


def test_an_entry_that_stands_twice_names_the_first(content: Small) -> None:
    """Babel would merge them in silence."""
    start = add(content, "it", 'msgid "line.always"\nmsgstr "x"\n')
    assert content.problems() == [
        f"content/it/messages.po:{start}: line.always stands already in content/it/messages.po:7"
    ]


@pytest.mark.parametrize("rule", ["n != ", "__import__('os')", "n", ""])
def test_a_plural_rule_that_is_none_is_a_fault(content: Small, rule: str) -> None:
    """It is computed by the rules of gettext, never run as code."""
    content.replace("it/messages.po", "(n != 1)", rule)
    assert any("Plural-Forms" in problem for problem in content.problems())


def test_a_catalogue_without_a_header_is_a_fault(content: Small) -> None:
    """Without it nobody knows the plural rule."""
    content.write("it/messages.po", 'msgid "a"\nmsgstr "x"\n')
    assert any(
        problem.startswith("content/it/messages.po:1: the header is missing")
        for problem in content.problems()
    )


def test_what_one_language_lacks_is_told_where_the_other_has_it(content: Small) -> None:
    """Missing in either direction, other placeholders, plural forms on one side."""
    content.catalogue("it", {"a": "{x} e {y}", "b": "uno", "c": "solo qui"})
    content.catalogue("en", {"a": "{x} and {z}", "b": ("one", "many"), "d": "only here"})
    told = {problem.partition(": ")[2] for problem in content.problems()}
    lines = content.read("it/messages.po").splitlines()
    a, b = (lines.index(f'msgid "{name}"') + 1 for name in "ab")
    assert told == {
        f"a: placeholders {{x}} {{z}} here, {{x}} {{y}} in content/it/messages.po:{a}",
        f"b: plural forms in one of this and content/it/messages.po:{b} only",
        "c is missing in content/en",
        "d is missing in content/it",
    }


def test_doubled_braces_and_escaped_stars_are_themselves(content: Small) -> None:
    """str.format's own way to write a brace."""
    content.both({"a": "{{n}}: {n}"})
    runs = content.load().catalogues["it"].phrases["a"].forms[0]
    assert [(run.text, run.hole) for run in runs] == [("{n}: ", ""), ("", "n")]


def test_notes_for_translators_stay_with_their_entry(content: Small) -> None:
    """The preview shows them."""
    for lang in ("it", "en"):
        add(content, lang, '#. Before a walk.\nmsgid "a"\nmsgstr "x"\n')
    assert content.load().catalogues["it"].phrases["a"].notes == ("Before a walk.",)
