"""A preview shows what the partner would read, and leaves no trace (M22)."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from bot.engine.chat import STYLES, Chat, Place, Role
from bot.engine.effects import Button, Passage, SaveProgress, Say, Text, Told, Words
from bot.engine.events import ButtonPressed
from bot.flows.house import dialogue
from bot.services.parts import offer_of
from bot.texts.render import Context, render
from tests.parts import shelf
from tests.starts import EVENING, STARTS

BUNDLE = shelf().bundle
WHOLE = dialogue(offer_of(BUNDLE), BUNDLE.flows)
THERAPIST = STARTS["therapist_reads"]
MODULES = {module.name: module for module in BUNDLE.flows}


def _at(module: str, step: str, lang: str, style: str = "") -> Chat:
    memory = {"case": "casetre", "module": module, "step": step, "lang": lang}
    case = replace(THERAPIST.cases[0], style=style)
    place = Place("preview", "step", MappingProxyType(memory))
    return replace(THERAPIST, place=place, cases=(case,))


def _shown(chat: Chat) -> tuple[Say, ...]:
    again = ButtonPressed(at=EVENING, move="again")
    return tuple(e for e in WHOLE.turn(chat, again).effects if isinstance(e, Say))


def _texts(says: tuple[Say, ...]) -> tuple[Text, ...]:
    first = says[0].text
    assert isinstance(first, Words)
    assert first.id == "preview.banner"
    inside = first.values["text"]
    assert isinstance(inside, Told)
    return (inside, *(say.text for say in says[1:]))


@pytest.mark.parametrize("lang", BUNDLE.languages)
@pytest.mark.parametrize("module", MODULES)
def test_every_step_is_shown_in_either_language_and_nothing_is_recorded(
    module: str, lang: str
) -> None:
    """Whatever language the therapist speaks: each message can be said, each button pressed."""
    context = Context("en" if lang == "it" else "it", "Europe/Rome", EVENING, "IT", "bot")
    for name, step in MODULES[module].steps.items():
        chat = _at(module, name, lang)
        says = _shown(chat)
        assert all(isinstance(text, Told) and text.lang == lang for text in _texts(says))
        assert all(render(BUNDLE, say.text, context).text for say in says)
        buttons = [b for row in says[-1].rows for b in row if b.move == "go"]
        assert len(buttons) <= len(step.options)
        for button in buttons:
            turn = WHOLE.turn(chat, _press(chat, button))
            assert turn.chat.place.flow == "preview"
            assert not [effect for effect in turn.effects if not isinstance(effect, Say)]


def _press(chat: Chat, button: Button) -> ButtonPressed:
    return ButtonPressed(at=EVENING, move=button.move, value=button.value, revision=chat.revision)


@pytest.mark.parametrize("step", ["minute", "close"])
def test_each_style_has_its_own_words_to_the_partner_too_M22(step: str) -> None:
    """The preview and the partner read the same wording; the buttons are the same."""
    wordings = set()
    for style in STYLES:
        text = _texts(_shown(_at("low_friction", step, "it", style)))[0]
        assert isinstance(text, Told)
        assert text.text == Passage("low_friction", f"{step}~{style}", 0)
        wordings.add(text.text)
        full = STARTS["partner_full"]
        partner = replace(
            full,
            place=Place("low_friction", step),
            cases=(replace(full.cases[0], style=style),),
        )
        turn = WHOLE.turn(partner, ButtonPressed(at=EVENING, move="again"))
        read = [e.text for e in turn.effects if isinstance(e, Say)]
        assert text.text in read
        assert not any(isinstance(effect, SaveProgress) for effect in turn.effects)
    assert len(wordings) == len(STYLES)


def test_a_style_is_not_told_where_readings_are_not_consented_to_P8() -> None:
    """Then the plain wording stands."""
    full = STARTS["partner_full"]
    case = replace(full.cases[0], style="tip")
    assert replace(full, cases=(case,)).traits == ("tip",)
    closed = replace(case, scopes=case.scopes - {"modules"})
    assert replace(full, cases=(closed,)).traits == ()
    assert replace(full, cases=()).traits == ("no_therapist",)
    assert replace(full, role=Role.THERAPIST).traits == ("no_therapist",)
