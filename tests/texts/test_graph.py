"""Both languages make one flow, or say in which line they do not."""

import pytest

from bot.engine.effects import Passage
from bot.engine.flow import HOME, Exit, Flow
from bot.engine.machine import FlowMachine
from bot.flows.guards import can_contact, shared_goals
from tests.texts.small import Small

ROADS = """
## roads
Uno.

---

Due.

- [A](#close)
- [B](#close)
- [C](goal:short_walk "shared_goals")
- [D](flow:contact_therapist "can_contact")
- [E](module:tea)

## roads~no_therapist
Tre.

- [F](#close)
"""


@pytest.fixture
def compiled(content: Small) -> Flow:
    """Return a module with a step of every kind of button."""
    for lang in ("it", "en"):
        text = content.read(f"{lang}/modules/tea.md")
        content.write(f"{lang}/modules/tea.md", text + ROADS)
    return content.load().flows[0]


def test_a_module_compiles_to_a_flow_the_machine_accepts(compiled: Flow) -> None:
    """Name, start, ends and kind come from the front matter."""
    FlowMachine(compiled)
    assert (compiled.name, compiled.start, compiled.ends) == ("tea", "start", {"close"})
    assert (compiled.module, compiled.resumable) == (True, True)


def test_every_target_becomes_a_move(compiled: Flow) -> None:
    """Steps by their name, actions by kind and name; two buttons to one place share a move."""
    moves = {move.name: move for move in compiled.moves if move.source == "roads"}
    assert list(moves) == ["close", "goal_short_walk", "flow_contact_therapist", "module_tea"]
    assert moves["close"].dest == "close"
    assert moves["goal_short_walk"].dest == Exit(
        "micro_goal", "chosen", sets={"goal": "short_walk"}
    )
    assert moves["flow_contact_therapist"].dest == Exit("contact_therapist")
    assert moves["module_tea"].dest == Exit("tea")
    home = next(move for move in compiled.moves if move.source == "close")
    assert (home.name, home.dest) == ("flow_menu", Exit(HOME))


def test_a_guard_stands_on_the_button_and_on_its_move(compiled: Flow) -> None:
    """A hidden button is also a closed road."""
    guards = {option.move: option.when for option in compiled.steps["roads"].options}
    assert guards == {move.name: move.when for move in compiled.moves if move.source == "roads"}
    assert guards["goal_short_walk"] is shared_goals
    assert guards["flow_contact_therapist"] is can_contact


def test_a_variant_is_other_words_for_the_same_step(compiled: Flow) -> None:
    """It keeps the name of its step, so that the machine knows where it stands."""
    step = compiled.steps["roads"]
    variant = step.variants["no_therapist"]
    assert (variant.name, variant.says) == ("roads", (Passage("tea", "roads~no_therapist"),))
    assert variant.options[0].label == Passage("tea", "roads~no_therapist", button=0)
    assert step.says == (Passage("tea", "roads", 0), Passage("tea", "roads", 1))
    assert "roads~no_therapist" not in compiled.steps


def test_a_reviewed_module_opens_without_the_word_draft(content: Small) -> None:
    """One language still under review is enough to say so."""
    content.both({"module.opening": ("{title} {minutes}", "{title} {minutes}")})
    content.replace("it/modules/tea.md", "status: draft", "status: reviewed")
    assert content.load().flows[0].steps["start"].says[0].id == "module.opening_draft"
    content.replace("en/modules/tea.md", "status: draft", "status: reviewed")
    assert content.load().flows[0].steps["start"].says[0].id == "module.opening"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "- [Next](#close)",
            "- [Next](flow:menu)",
            "en/modules/tea.md:23: flow:menu here, #close in content/it/modules/tea.md:23",
        ),
        (
            "- [Next](#close)",
            '- [Next](#close "full_track")',
            'en/modules/tea.md:23: #close "full_track" here, #close in content/it/modules/tea.md',
        ),
        (
            "- [Next](#close)",
            "- [Next](#close)\n- [Menu](flow:menu)",
            "en/modules/tea.md:20: step start has 2 buttons here, 1 in content/it/modules/tea.md",
        ),
        (
            "Put the kettle on.",
            "Put the kettle\n\n---\n\non.",
            "en/modules/tea.md:20: step start has 2 messages here, 1 in content/it/modules",
        ),
        (
            "## close",
            "## more\nMore.\n\n- [Menu](flow:menu)\n\n## close",
            "en/modules/tea.md:25: step more is missing in content/it/modules/tea.md",
        ),
        ("minutes: 2", "minutes: 3", "en/modules/tea.md:4: minutes is not the same as in"),
    ],
)
def test_unequal_graphs_are_told_with_both_lines(
    content: Small, old: str, new: str, problem: str
) -> None:
    """Whoever mends it sees where in each file."""
    content.replace("en/modules/tea.md", old, new)
    found = content.problems()
    assert len(found) == 1
    assert found[0].startswith(f"content/{problem}")


def test_a_step_that_only_the_first_language_has_is_told_there(content: Small) -> None:
    """The fault stands where the step is."""
    content.replace(
        "it/modules/tea.md", "## close", "## more\nAncora.\n\n- [M](flow:menu)\n\n## close"
    )
    assert content.problems() == [
        "content/it/modules/tea.md:25: step more is missing in content/en/modules/tea.md"
    ]


def test_one_move_with_two_guards_is_a_fault(content: Small) -> None:
    """A step and its variants share their moves, so the guard must be the same."""
    for lang in ("it", "en"):
        text = content.read(f"{lang}/modules/tea.md")
        more = '\n## start~tip\nX.\n\n- [Y](#close "full_track")\n'
        content.write(f"{lang}/modules/tea.md", text + more)
    both = '#close "full_track" here and #close in line 23'
    assert content.problems() == [
        f"content/it/modules/tea.md:33: {both}: one move of step start, make them equal"
    ]
