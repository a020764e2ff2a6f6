"""A module file is read whole, and every fault is told with its line."""

import pytest

from bot.texts.markup import BOLD, ITALIC, PLAIN, QUOTE, Run
from bot.texts.modules import Document, read_module
from bot.texts.problems import Report
from tests.texts.small import MODULE, WORDS

HEAD = MODULE.format(**WORDS["it"]).partition("\n## ")[0] + "\n"
FIRST = HEAD.count("\n") + 1  # the line of the first heading after the front matter
END = "\n## close\nFine.\n\n- [Menu](flow:menu)\n"


def read(body: str, head: str = HEAD) -> tuple[Document | None, list[str]]:
    """Read a module of this body, with the faults found; `L` counts from its first line."""
    report = Report("tea.md")
    document = read_module(head + body, "it", "tea", report)
    return document, [f"L{p.line - FIRST + 1}: {p.message}" for p in sorted(report.problems)]


def faults(body: str) -> list[str]:
    """Return the faults of a body."""
    return read(body)[1]


def test_a_step_has_messages_and_buttons_with_their_lines() -> None:
    """Messages are parted by a line of three dashes, the last list holds the buttons."""
    document, problems = read(
        "## start\nUno **due**.\n\n---\n\n> «Tre»\n\n- quattro\n- *cinque*\n\nE poi?\n\n"
        '- [Avanti](#close)\n- [Scrivo](flow:contact_therapist "can_contact")\n' + END
    )
    assert problems == []
    assert document is not None
    start = document.sections["start"]
    assert [part.line - FIRST + 1 for part in start.parts] == [2, 6]
    assert start.parts[0].runs == (Run("Uno "), Run("due", BOLD), Run("."))
    assert start.parts[1].runs == (
        Run("«Tre»", QUOTE),
        Run("\n\n• quattro\n• ", PLAIN),
        Run("cinque", ITALIC),
        Run("\n\nE poi?"),
    )
    assert [(link.label, link.target, link.guard) for link in start.links] == [
        ("Avanti", "#close", ""),
        ("Scrivo", "flow:contact_therapist", "can_contact"),
    ]
    assert [link.line - FIRST + 1 for link in start.links] == [13, 14]


def test_a_list_that_touches_the_buttons_is_still_a_fault_of_its_own_line() -> None:
    """Items without a link in the list of buttons are named one by one."""
    assert "".join(faults("## start\nUno.\n\n- due\n- [Avanti](#close)\n" + END)) == (
        "L4: a button is one link, - [Label](#step), and nothing else;"
        " between a list of words and the buttons stands a paragraph or a line of ---"
    )


def test_a_line_break_in_a_paragraph_is_a_blank_and_two_spaces_keep_it() -> None:
    """A module reads as any Markdown viewer shows it."""
    document, problems = read("## start\nUno\ndue  \ntre.\n\n- [Avanti](#close)\n" + END)
    assert problems == []
    assert document is not None
    assert document.sections["start"].parts[0].text == "Uno due\ntre."


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("Prima.\n## start\nUno.\n", "L1: text before the first step: begin with ## start"),
        ("# start\nUno.\n", "L1: a step begins with ##"),
        ("## start\nUno.\n---\nDue.\n", "L3: leave an empty line above a line of ---"),
        ("## start\nUno.\n\n1. due\n", "L4: a numbered list"),
        ("## start\nUno.\n\n112. due\n", "L4: a numbered list"),
        ("## start\nUno `due`.\n", "L2: code is not part"),
        ("## start\nUno.\n\n    due\n", "L4: code (a line indented by four spaces)"),
        ("## start\nUno.\n\n```\ndue\n```\n", "L4: a block of code"),
        ("## start\n<b>Uno</b>.\n", "L2: HTML"),
        ("## start\nUno.\n\n<!-- due -->\n", "L4: HTML"),
        ("## start\nUno\ndue ![x](y).\n", "L3: a picture"),
        ("## start\nUno [due](#close).\n", "L2: a link outside the list of buttons"),
        ("## start\nUno.\n\n[due]: tre\n", "L4: [text]: at the start of a line vanishes"),
        ("## start\nUno.\n\n> due\ntre\n", "L5: this line still belongs to the quote"),
        ("## start\nUno.\n\n> - due\n", "L4: a quote holds paragraphs"),
        ("## start\nUno.\n\n- due\n  - tre\n", "L4: an item of a list is one paragraph"),
        ("## start\nUno {due}.\n", "L2: a module has no placeholders"),
        ("## start\nUno ** due **.\n", "L2: a lone *"),
        ("## start\nUno.\n\n---\n\n---\n\nDue.\n", "L6: a message without words"),
        ("## start\nUno.\n\n---\n", "L4: a message without words"),
        ("## start\nUno.\n\n## Due\nDue.\n", "L4: a step is named with a-z"),
        ("## start\nUno.\n\n## start\nDue.\n", "L4: step start stands here twice"),
        ("## start\nUno.\n\n## other~tip\nDue.\n", "L4: a variant of other, which is not a step"),
        ("## start\nUno.\n\n## start~mood\nDue.\n", "L4: the variant mood is unknown"),
        ("## start\nUno.\n\n- [A](#close)\n\nDue.\n", "L4: the list of buttons comes last"),
        ("## start\nUno.\n\n- [**A**](#close)\n", "L4: the label of a button is plain text"),
        ("## start\nUno.\n\n- [](#close)\n", "L4: a button without a label"),
        ("## start\nUno.\n\n- [A](#nowhere)\n", "L4: #nowhere leads to a step that is not here"),
        ("## start\nUno.\n\n- [A](https://x.y)\n", "L4: https://x.y is not a target"),
        ("## start\nUno.\n\n- [A]()\n", "L4: nothing is not a target"),
        ("## start\nUno.\n\n- [A](flow:away)\n", "L4: flow:away is unknown; the flows are: menu"),
        ('## start\nUno.\n\n- [A](#close "always")\n', "L4: the guard always is unknown"),
        (f"## start\nUno.\n\n- [A](goal:{'x' * 20})\n", "L4: goal:"),
        (f"## start\nUno.\n\n## {'x' * 25}\nDue.\n", "L4: the name of a step has at most 24"),
    ],
)
def test_a_fault_in_a_step_is_told_with_its_line(body: str, fault: str) -> None:
    """Nothing is passed over in silence: what Markdown would swallow or we do not know is named."""
    found = faults(body + END)
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_step_without_words_is_a_fault_at_its_heading() -> None:
    """A step must say something."""
    assert faults("## start\n\n- [A](#close)\n" + END) == ["L1: a message without words"]


def test_all_faults_are_told_at_once() -> None:
    """An author mends a file in one go."""
    assert [
        fault.partition(":")[0] for fault in faults("## start\n`x`\n\n- [A](#b)\n- [C](d)\n")
    ] == [
        "L-2",  # ends names a step that is not there
        "L2",
        "L4",
        "L5",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ("id: tea", "id: coffee", 2, "id is the name of the file: tea"),
        ("id: tea", "id: Tea", 2, "id has at most 24 characters of a-z, 0-9 and _"),
        ("title: Un tè", "title:", 3, "title is missing"),
        ("minutes: 2", "minutes: two", 4, "minutes is a whole number from 1 to 60"),
        ("minutes: 2", "minutes: 2\nminutes: 3", 5, "minutes stands here twice"),
        ("methods: [M01]", "methods: [M31]", 5, "M31 is not a method: M01 to M30"),
        ("serves: [hope]", "serves: [money]", 6, "money is not one of: relief"),
        ("serves: [hope]", "serves: [hope]\ntopics: [tea]", 7, "tea is not one of: intimacy"),
        ("serves: [hope]", "serves: []", 6, "serves is a list with at least one item"),
        ("status: draft", "status: ready", 10, "status is one of: draft, reviewed"),
        ("reviewed_on: none", "reviewed_on: soon", 13, "reviewed_on is a date such as"),
        ("reviewed_on: none\n", "", 2, "reviewed_on is missing"),
        ("start: start", "start: begin", 16, "start names begin, which is not a step"),
        ("ends: [close]", "ends: [over]", 17, "ends names over, which is not a step"),
        ("version: 1", "version: 1\nmood: good", 16, "mood is not a field of this file"),
        ("author: Accanto", "author: [", 13, "not valid YAML"),
        ("author: Accanto", "author: &a Accanto\nx: *a", 12, "anchors and aliases"),
        ("author: Accanto", "author: !!python/name:os.system x", 11, "not valid YAML"),
    ],
)
def test_a_fault_in_the_front_matter_is_told_with_its_line(
    old: str, new: str, line: int, fault: str
) -> None:
    """Every key is needed, known and of its kind."""
    report = Report("tea.md")
    text = MODULE.format(**WORDS["it"]).replace(old, new)
    read_module(text, "it", "tea", report)
    assert (line, True) in [(p.line, fault in p.message) for p in report.problems]


@pytest.mark.parametrize("text", ["", "## start\nUno.\n", "---\nid: tea\n", "\ufeff---\n---\n"])
def test_a_file_without_front_matter_is_a_fault_at_its_first_line(text: str) -> None:
    """There is no module then, but the fault says how one begins."""
    report = Report("tea.md")
    assert read_module(text, "it", "tea", report) is None
    assert "a module begins with its front matter" in report.problems[0].message
    assert report.problems[0].line == 1
