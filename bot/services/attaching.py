"""The files a turn sends: made in memory at that moment, stored only until they are sent."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType

import segno

from bot.engine.effects import Attach
from bot.services.heard import Attachment
from bot.texts.bundle import Bundle
from bot.texts.render import Context, render

_MODULE = 12  # pixels a side of one dark square: sharp on paper, legible after recompression
_QUIET_ZONE = 8  # squares of white around; the standard asks for four, a grey desk for more

Make = Callable[[str], Attachment]


def attachment(bundle: Bundle, asked: Attach, context: Context) -> Attachment:
    """Return the file a turn asked for.

    Raises:
        NoWords: what it is made of cannot be said.
        KeyError: nobody makes files of this kind.
    """
    make = _MAKERS[asked.kind]
    return make(render(bundle, asked.of, context).text if asked.of else "")


def qr_code(address: str) -> Attachment:
    """Return a QR code that opens an address: black on white, so that it can be printed."""
    picture = BytesIO()
    # Level Q survives a crease or a coffee stain: a quarter of it may be unreadable.
    segno.make_qr(address, error="q").save(picture, kind="png", scale=_MODULE, border=_QUIET_ZONE)
    content = b64encode(picture.getvalue()).decode("ascii")
    return Attachment("code.png", "image/png", content, f"[QR: {address}]")


_MAKERS: Mapping[str, Make] = MappingProxyType({"qr": qr_code})
