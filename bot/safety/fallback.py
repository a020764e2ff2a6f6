"""The help card when nothing else works: no database, no content folder, no network but Telegram.

The only prose in code. It stands in the catalogue too, as `card.fallback`, and the content check
compares the two. Country unknown: 112, elsewhere the local number, and a directory of help lines.
"""

from collections.abc import Mapping
from types import MappingProxyType

FALLBACK: Mapping[str, str] = MappingProxyType(
    {
        "it": (
            "112: chiama adesso, se c'è pericolo. Fuori Europa, il numero di emergenza del posto.\n"
            "\n"
            "Resta vicino, se per te è sicuro. Chiedi aiuto a una persona di fiducia.\n"
            "\n"
            "Linee di ascolto nel mondo: findahelpline.com\n"
            "\n"
            "Sono un programma: non posso chiamare io. Ora ho un guasto. Questi numeri funzionano."
        ),
        "en": (
            "112: call now if there is danger. Outside Europe, call your local emergency number.\n"
            "\n"
            "Stay close, if that is safe for you. Ask somebody you trust for help.\n"
            "\n"
            "Help lines anywhere: findahelpline.com\n"
            "\n"
            "I am a program: I can't call for you. I have a fault right now. These numbers work."
        ),
    }
)
