"""A throw-away folder of examples: enough to train on, in seconds, with both languages."""

from collections.abc import Iterable
from functools import cache

from bot.understanding.examples import Example, examples_of, fingerprint
from bot.understanding.reader import Reader, build_reader
from bot.understanding.training import Trained, train
from tests.understanding.test_lexicon import small

_SAID: dict[str, dict[str, tuple[str, ...]]] = {
    "it": {
        "suicide_other": (
            "ha lasciato una lettera di addio sul tavolo",
            "ha regalato il cane al vicino e mi ha salutata come se partisse",
            "dice che senza di lui vivremmo tutti meglio",
            "ha scritto addio ai ragazzi e non risponde",
        ),
        "worsening": (
            "da cinque giorni non mangia e non si lava",
            "ha smesso le gocce senza dirlo a nessuno",
            "dorme tutto il giorno da una settimana",
            "beve ogni sera da quando ha perso il lavoro",
        ),
        "friction": (
            "gli ho detto che se mi amasse si alzerebbe",
            "se ci tenessi a me usciresti dal letto",
            "se mi volessi bene faresti uno sforzo per noi",
            "non ti importa niente di me altrimenti verresti",
        ),
        "smalltalk_or_offtopic": (
            "ciao come funziona questo programma",
            "grazie mille, buona serata",
            "che tempo fa domani a Bari",
            "hai visto la partita ieri",
        ),
    },
    "en": {
        "suicide_other": (
            "he left a goodbye letter on the table",
            "she gave her dog away and hugged me like she was leaving for good",
            "he says we would all be happier without him",
            "she wrote goodbye to the kids and wont pick up",
        ),
        "worsening": (
            "he hasnt eaten or washed for five days",
            "she quit her tablets and told nobody",
            "sleeping all day for a week now",
            "he drinks every night since he lost his job",
        ),
        "friction": (
            "i told him if you loved me you would get up",
            "if you cared about me you would leave that bed",
            "if you loved us you would make an effort",
            "you clearly dont care about me or you would come",
        ),
        "smalltalk_or_offtopic": (
            "hi how does this thing work",
            "thanks a lot, have a good evening",
            "what is the weather tomorrow in Leeds",
            "did you see the match yesterday",
        ),
    },
}


def files() -> dict[str, str]:
    """Return the text of each file by its path; of each label three cards train, one is frozen."""
    return {
        f"{language}/understanding/{label}.yaml": _file(label, said)
        for language, labels in _SAID.items()
        for label, said in labels.items()
    }


def _file(label: str, said: Iterable[str]) -> str:
    kinds = ", kinds: [guilt]" if label == "friction" else ""
    rows = list(enumerate(said))
    cards = [f"  c{n}: {{part: {'frozen' if n == len(rows) - 1 else 'train'}}}" for n, _ in rows]
    messages = [f'- {{card: c{n}, text: "{text}"{kinds}}}' for n, text in rows]
    return "\n".join([f"label: {label}", "cards:", *cards, "examples:", *messages, ""])


def examples() -> tuple[Example, ...]:
    """Return the examples of all files."""
    return examples_of(files())


def lexicons() -> Reader:
    """Return a reader that knows the small data of the lexicon's tests, and nothing else."""
    return build_reader({"it": small()})


def taught() -> Trained:
    """Return what the folder teaches."""
    return train(examples(), lexicons(), fingerprint(files()))


@cache
def taught_once() -> Trained:
    """Return the same, from the first time."""
    return taught()
