"""The files a turn sends: made in memory, stored sealed until they are sent."""

import struct
from base64 import b64decode

import pytest

from bot.engine.effects import Attach, Entry, Words
from bot.services.attaching import attachment, qr_code
from bot.services.heard import Attachment, Outgoing
from bot.texts.render import Context
from tests.parts import shelf
from tests.starts import EVENING

ADDRESS = "https://t.me/accanto_bot?start=abcdefghijklmnopqrstuv"


def test_a_code_is_a_square_picture_with_a_wide_white_border() -> None:
    """Large enough to print; its name says nothing about anybody (P10)."""
    made = qr_code(ADDRESS)
    assert (made.name, made.media, made.instead) == ("code.png", "image/png", f"[QR: {ADDRESS}]")
    assert made.is_picture
    assert made.data.startswith(b"\x89PNG")
    width, height = struct.unpack_from(">II", made.data, 16)
    assert width == height >= 500
    assert qr_code(ADDRESS) == made
    assert qr_code(ADDRESS + "x").content != made.content


def test_a_turn_names_what_the_picture_is_of() -> None:
    """The address is put together where the bot's own name is known."""
    asked = Attach("qr", Words("therapist.qr_partner"), Entry("links", "secret", "start"))
    context = Context("it", "Europe/Rome", EVENING, "IT", "accanto_bot")
    made = attachment(shelf().bundle, asked, context)
    assert made.instead == "[QR: https://t.me/accanto_bot?start=secret]"
    with pytest.raises(KeyError):
        attachment(shelf().bundle, Attach("song", Words("therapist.qr_partner")), context)


def test_a_message_with_a_file_comes_back_from_the_outbox_as_it_was() -> None:
    """And one that was stored before there were files has none."""
    message = Outgoing("send", "caption", file=qr_code(ADDRESS))
    assert Outgoing.restored(message.stored()) == message
    plain = Outgoing("send", "text").stored()
    del plain["file"]
    assert Outgoing.restored(plain).file is None
    document = Attachment("data.json", "application/json", "e30=")
    assert not document.is_picture
    assert document.data == b64decode("e30=") == b"{}"
