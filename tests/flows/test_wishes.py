"""A few clear words that ask for something, and the hour a text tells; in either language."""

from datetime import time

import pytest

from bot.flows.hours import hour_in
from bot.flows.wishes import WISHES, Wishes
from tests.parts import shelf

SAID = {
    "pause": (
        "metti in pausa fino al 20",
        "per questa settimana lasciami in pace coi messaggi",
        "Sospendi gli avvisi, sono via",
        "pause everything until Monday",
        "no reminders for a week thanks",
    ),
    "restart": (
        "riattiva i promemoria",
        "ok puoi ricominciare a scrivermi",
        "turn reminders back on",
        "You can start texting me again",
    ),
    "stop": (
        "stop",
        "Basta promemoria!",
        "smettila di mandarmi messaggi",
        "non voglio più ricevere niente",
        "no more reminders",
        "please stop messaging me",
        "don't text me anymore",
    ),
    "contact": (
        "ho bisogno di sentire la terapeuta",
        "Devo parlare subito con la sua psicologa, non so cosa fare",
        "come faccio a sentire la dottoressa?",
        "posso scrivere allo psichiatra?",
        "vorrei contattare chi segue la terapia",
        "mettimi in contatto con la terapeuta",
        "I need to talk to your therapist",
        "I need to talk to the therapist, it's been a bad week",
        "can I speak with her psychologist?",
        "I'd like to get in touch with whoever leads the therapy",
        "please put me in touch with the therapist",
    ),
    "person": ("sei una persona vera?", "Dietro c'è qualcuno?", "are you a robot?"),
    "who": ("chi sei?", "a cosa servi", "what's your name", "what can you do?"),
    "thanks": ("grazie mille", "👍", "Thanks so much!"),
    "greeting": ("ciao", "Buonasera", "hello there"),
    "farewell": ("buonanotte", "a domani", "good night", "see you tomorrow"),
    "yes": (
        "sì",
        "si",
        "Sì.",
        "sì, sì",
        "purtroppo sì",
        "temo di sì",
        "yes",
        "Yeah!",
        "I think so",
    ),
    "yes_me": ("Sì, per me", "io", "Yes, I am", "me"),
    "yes_other": ("Sì, per chi amo", "sì, lui", "Yes, the one I love", "her"),
    "unsure": ("non lo so", "Non so", "boh", "forse", "credo di no", "don't know", "I don’t know"),
    "no": ("no", "No.", "no no", "No, nessuno", "nope", "Nah", "no, nobody"),
}
NOTHING = (
    "basta",
    "enough",
    "ciao, oggi è andata malissimo",
    "grazie ma sto peggio di prima",
    "ha smesso di scrivermi",
    "he stopped writing to me",
    "thanks but it's getting worse",
    "what are you afraid of",
    "voglio parlare con la terapeuta per sapere cosa le dice",
    "vorrei sentire la psicologa di nascosto",
    "posso parlare con lui della terapeuta?",
    "non voglio sentire la terapeuta",
    "vorrei parlare con la tua terapeuta insieme a te",
    "voglio che senta la terapeuta",
    "I want to talk to her therapist without her knowing",
    "can I call the therapist and ask what he said about me",
    "she wants to talk to the therapist",
    "I don't want to talk to the therapist",
    "how do I contact the therapist's ex",
    "no, ma",
    "no?",
    "no, solo a volte",
    "no, ha già preso tutto",
    "non ancora",
    "no grazie",
    "sì ma non adesso",
    "no, not today",
    "no but I'm scared",
    "not yet",
    "I can't",
    "",
)


@pytest.fixture(scope="module")
def wishes() -> Wishes:
    """The words of both languages, as the services read them."""
    data = shelf().bundle.data.values()
    return Wishes(tuple(kind for one in data for kind in one.wishes.kinds))


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, texts in SAID.items() for t in texts])
def test_a_wish_is_found_in_few_words(kind: str, text: str, wishes: Wishes) -> None:
    """Whichever language is set."""
    assert wishes.of(text) == kind


@pytest.mark.parametrize("text", NOTHING)
def test_what_may_mean_something_else_is_no_wish(text: str, wishes: Wishes) -> None:
    """A bare «basta» above all, and thanks that go on."""
    assert wishes.of(text) == ""


def test_every_kind_has_words_in_every_language() -> None:
    """A kind that one language lacks would be answered in the other alone."""
    for data in shelf().bundle.data.values():
        assert [kind for kind, patterns in data.wishes.kinds if patterns] == list(WISHES)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("spostami il promemoria alle 19", time(19)),
        ("da domani alle 20:15", time(20, 15)),
        ("ok alle 7 e mezza del mattino", time(7, 30)),
        ("Si può fare all'1 e mezza?", time(1, 30)),
        ("move the reminder to 7pm", time(19)),
        ("Could it be at 5?", time(5)),
        ("ok 7.30 a.m.", time(7, 30)),
        ("not after 9pm please", time(21)),
        ("dalle 18:30 alle 19:30", None),
        ("fra 3 giorni", None),
        ("due volte", None),
        ("alle 27", None),
        ("il 100% delle volte", None),
    ],
)
def test_an_hour_is_found_where_just_one_is_told(text: str, hour: time | None) -> None:
    """A bare number may count anything."""
    assert hour_in(text) == hour
