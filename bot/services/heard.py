"""What an edge (Telegram, the terminal) hands to the services, and what it gets back to deliver."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

Kind = Literal["text", "button", "command", "media", "blocked", "unblocked"]


@dataclass(frozen=True, slots=True)
class Card:
    """The message whose button was pressed, as the edge shows it now.

    `entities` are (type, offset, length) in UTF-16 units; `label` is the pressed button's.
    """

    message_id: int
    text: str
    entities: tuple[tuple[str, int, int], ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """One update as far as it concerns the dialogue.

    `account` is the person's number at the messenger (a private chat has the same one); `lang`
    the language their client speaks. `name` is the command, the move or the kind of media;
    `value` what came with it; `revision` None for a button that never grows old.
    """

    account: int
    kind: Kind
    update_id: int | None = None
    lang: str = "en"
    text: str = ""
    name: str = ""
    value: str = ""
    revision: int | None = None
    edited: bool = False
    card: Card | None = None

    @property
    def typed(self) -> str:
        """What was typed: a text, a caption, or the words behind a command."""
        return self.text or (self.value if self.kind == "command" else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: whose replies to drain, and a toast for a button that was late."""

    person: str
    toast: str = ""
    turned: bool = True


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button as it is shown; the edge signs move, value and revision for this account."""

    label: str
    move: str
    value: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on its way; the message's text is its caption.

    `name` is neutral (P10); `media` its media type; `content` the bytes in base64; `instead` is
    shown where no file can be.
    """

    name: str
    media: str
    content: str
    instead: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in the chat rather than offered for download."""
        return self.media.startswith("image/")

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return b64decode(self.content)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way.

    `op` is send, edit (replaces the message `message_id`) or close (takes its buttons away);
    unpin takes down what is pinned (only `message_id`, if named, and its words are put in the
    place of that card), clear does so too and deletes `messages`. `pins` puts the message up, in
    the place of the one numbered `unpins`.
    `flow`, `step` and `tier` say where it was said; `quiet` means without sound.
    """

    op: Literal["send", "edit", "close", "unpin", "clear"]
    text: str
    entities: tuple[tuple[str, int, int], ...] = ()
    rows: tuple[tuple[ShownButton, ...], ...] = ()
    message_id: int | None = None
    flow: str = ""
    step: str = ""
    tier: str = "none"
    quiet: bool = False
    file: Attachment | None = None
    messages: tuple[int, ...] = ()
    pins: bool = False
    unpins: int | None = None

    def stored(self) -> dict[str, Any]:
        """Return the message as the outbox keeps it."""
        # By hand: `dataclasses.asdict` copies every value on its way, ten times slower.
        plain = {name: getattr(self, name) for name in self.__slots__}
        rows = [[{n: getattr(b, n) for n in b.__slots__} for b in row] for row in self.rows]
        file = self.file and {n: getattr(self.file, n) for n in self.file.__slots__}
        return {**plain, "rows": rows, "file": file}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return the message the outbox kept."""
        entities = tuple((str(t), int(o), int(n)) for t, o, n in stored["entities"])
        rows = tuple(tuple(ShownButton(**button) for button in row) for row in stored["rows"])
        file = stored.get("file")
        kept = {
            "entities": entities,
            "rows": rows,
            "file": file and Attachment(**file),
            "messages": tuple(stored.get("messages", ())),
        }
        return cls(**{**stored, **kept})


@dataclass(frozen=True, slots=True)
class Parcel:
    """An unsent message with the address it goes to; `id` is what is marked when it was sent.

    After the `last` of those that were held for a person, the chat is let go.
    """

    id: int
    account: int
    message: Outgoing
    person: str = ""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one attempt to send ended; after `wait` it may be tried again in `seconds`.

    `unclear` means nobody knows whether it arrived: a time-out, a cut connection, a 5xx.
    """

    state: Literal["sent", "refused", "blocked", "wait", "unclear"]
    message_id: int | None = None
    seconds: float = 0.0
