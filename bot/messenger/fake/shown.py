"""What a person sees in a chat."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.messenger.fake.refusal import Impossible, Json
from bot.messenger.fake.world import Post, World

_FILE_KINDS = ("photo", "document", "voice", "sticker")
_OTHER_KINDS = ("contact", "location")


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message; `data` is what pressing it sends, `url` what it opens."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it stands in a chat now, after edits and deletions.

    Attributes:
        kind: text, photo, document, voice, sticker, contact or location.
        text: text or caption.
        entities: of the text, as Bot API objects.
        buttons: rows of inline buttons.
        file_id: of the file, None when there is none; `file_name` likewise.
    """

    message_id: int
    is_from_bot: bool
    kind: str
    text: str
    entities: tuple[Json, ...]
    buttons: tuple[tuple[Button, ...], ...]
    date: datetime
    is_edited: bool
    is_pinned: bool
    is_silent: bool
    is_protected: bool
    file_id: str | None = None
    file_name: str | None = None

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons, in reading order."""
        return [button.label for row in self.buttons for button in row]

    def as_json(self) -> Json:
        """Return it as plain JSON, for the control interface."""
        return {
            "message_id": self.message_id,
            "from": "bot" if self.is_from_bot else "user",
            "kind": self.kind,
            "text": self.text,
            "entities": list(self.entities),
            "buttons": [
                [{"label": one.label, "data": one.data, "url": one.url} for one in row]
                for row in self.buttons
            ],
            "date": self.date.isoformat(),
            "edited": self.is_edited,
            "pinned": self.is_pinned,
            "silent": self.is_silent,
            "protected": self.is_protected,
            "file_id": self.file_id,
            "file_name": self.file_name,
        }


def show(world: World, post: Post) -> Shown:
    """Return a message as a person sees it."""
    content = post.content
    kind = next((one for one in (*_FILE_KINDS, *_OTHER_KINDS) if one in content), "text")
    file: Json = {}
    if kind in _FILE_KINDS:
        file = content[kind][-1] if kind == "photo" else content[kind]
    return Shown(
        message_id=post.message_id,
        is_from_bot=post.sender is None,
        kind=kind,
        text=post.text,
        entities=tuple(content.get("entities") or content.get("caption_entities") or ()),
        buttons=_buttons(post),
        date=datetime.fromtimestamp(post.date, UTC),
        is_edited=post.edit_date is not None,
        is_pinned=post.message_id in world.pins.get(post.chat_id, []),
        is_silent=post.is_silent,
        is_protected=post.is_protected,
        file_id=file.get("file_id"),
        file_name=file.get("file_name"),
    )


def _buttons(post: Post) -> tuple[tuple[Button, ...], ...]:
    rows = post.markup["inline_keyboard"] if post.markup else []
    return tuple(
        tuple(Button(one["text"], one.get("callback_data"), one.get("url")) for one in row)
        for row in rows
    )


def plain_buttons(world: World, chat_id: int) -> list[str]:
    """Return the labels of the keyboard below the input field, if one is shown."""
    for post in reversed(world.visible(chat_id)):
        if post.plain_keyboard is not None:
            rows = post.plain_keyboard.get("keyboard", [])
            return [
                str(one["text"] if isinstance(one, dict) else one) for row in rows for one in row
            ]
    return []


def find_button(
    messages: list[Shown],
    label: str | None,
    place: tuple[int, int] | None,
    message_id: int | None,
) -> tuple[Shown, Button]:
    """Return the button a person means, looking from the newest message backwards.

    Args:
        messages: what they see.
        label: what is written on it, None when only the place is known.
        place: row and column from 0, in the newest message with buttons unless one is named.
        message_id: the message, None for any.

    Raises:
        Impossible: there is no such button, or it opens a page instead of telling the bot.
    """
    for message in reversed(messages):
        if not message.buttons or message_id not in {None, message.message_id}:
            continue
        found = _at(message, place) if place is not None else _named(message, label)
        if found is not None and (label is None or found.label == label):
            if found.data is None:
                raise Impossible(
                    f"the button {found.label!r} tells the bot nothing: it opens a page"
                )
            return message, found
        if place is not None:
            break
    on_show = {message.message_id: message.labels for message in messages if message.buttons}
    wanted = f"{label!r}" if place is None else f"at row {place[0]}, column {place[1]}"
    raise Impossible(f"there is no button {wanted}; on show, by message: {on_show}")


def _at(message: Shown, place: tuple[int, int]) -> Button | None:
    row, column = place
    if 0 <= row < len(message.buttons) and 0 <= column < len(message.buttons[row]):
        return message.buttons[row][column]
    return None


def _named(message: Shown, label: str | None) -> Button | None:
    return next((one for row in message.buttons for one in row if one.label == label), None)
