"""Files the bot sent and people sent, and how to fetch them again."""

import struct
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.messenger.fake.refusal import Json, bad_request

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">II")
_PNG_SIZE_AT = 16
_DEFAULT_SIZE = (1280, 960)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file and the path it is downloaded from.

    `kind` is the Bot API's name for it: document, photo, voice, sticker.
    """

    kind: str
    number: int
    name: str
    content_type: str
    content: bytes

    @property
    def file_id(self) -> str:
        """The id under which bots send and fetch it again."""
        return f"{self.kind}-{self.number:08d}-fake"

    @property
    def path(self) -> str:
        """Where it is downloaded from, below `/file/bot<token>/`."""
        return f"{self.kind}s/file_{self.number}{PurePosixPath(self.name).suffix}"

    def identity(self) -> Json:
        """Return the fields every kind of file has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": f"unique{self.number:08d}",
            "file_size": len(self.content),
        }

    def as_file(self) -> Json:
        """Return the Bot API's File."""
        return {**self.identity(), "file_path": self.path}

    def as_document(self) -> Json:
        """Return the Bot API's Document."""
        return {**self.identity(), "file_name": self.name, "mime_type": self.content_type}

    def as_photo(self) -> list[Json]:
        """Return the Bot API's sizes of a photo: here only the largest."""
        width, height = _DEFAULT_SIZE
        if self.content.startswith(_PNG):
            width, height = _PNG_SIZE.unpack_from(self.content, _PNG_SIZE_AT)
        return [{**self.identity(), "width": width, "height": height}]


class Files:
    """All files, by id and by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, name: str, content_type: str, content: bytes) -> StoredFile:
        """Keep a file.

        Raises:
            Refusal: 400 when it is empty.
        """
        if not content:
            raise bad_request("file must be non-empty")
        stored = StoredFile(kind, len(self._by_id) + 1, name, content_type, content)
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """Return a file by its id.

        Raises:
            Refusal: 400 when there is none.
        """
        if file_id not in self._by_id:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self._by_id[file_id]

    def at(self, path: str) -> StoredFile | None:
        """Return the file that is downloaded from a path, None when there is none."""
        return self._by_path.get(path)
