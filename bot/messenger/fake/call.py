"""One call of a Bot API method, whatever body it came in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.messenger.fake.refusal import Json, bad_request

# Parameters that form bodies carry as JSON text.
STRUCTURED = frozenset(
    {
        "allowed_updates",
        "caption_entities",
        "commands",
        "entities",
        "link_preview_options",
        "menu_button",
        "message_ids",
        "reply_markup",
        "reply_parameters",
        "scope",
    }
)
_PART_BYTES = 64 * 1024 * 1024  # Telegram takes documents up to 50 MB


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A method and its parameters, strings from forms and JSON values from JSON bodies."""

    method: str
    params: Mapping[str, object]
    uploads: Mapping[str, Upload]

    def text(self, key: str) -> str:
        """Return a parameter as text, empty when it is missing."""
        value = self.params.get(key)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, key: str, default: int = 0) -> int:
        """Return a parameter as a whole number, the default when it is none."""
        try:
            return int(self.text(key))
        except ValueError:
            return default

    def flag(self, key: str) -> bool:
        """Return whether a parameter says yes."""
        return self.text(key).strip().lower() in {"true", "yes", "1"}

    def structure(self, key: str, complaint: str) -> object:
        """Return a parameter that is JSON, None when it is missing.

        Raises:
            Refusal: 400 with the complaint, when it is no JSON.
        """
        value = self.params.get(key)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            decoded: object = json.loads(value)
        except ValueError:
            raise bad_request(complaint) from None
        return decoded

    def upload(self, key: str) -> Upload | None:
        """Return the file of a parameter, sent as that part or as `attach://<part>`."""
        name = self.text(key).removeprefix("attach://") if key in self.params else key
        return self.uploads.get(name)

    def payload(self) -> Json:
        """Return the parameters as plain JSON, files as the `attach://` they stand for."""
        plain: Json = {}
        for key, value in self.params.items():
            plain[key] = value
            if key in STRUCTURED and isinstance(value, str) and value:
                try:
                    plain[key] = json.loads(value)
                except ValueError:
                    plain[key] = value
        referred = {self.text(key) for key in self.params}
        for key in self.uploads:
            if f"attach://{key}" not in referred:
                plain[key] = f"attach://{key}"
        return plain

    def chat(self) -> int | None:
        """Return the chat the call is about, None when it names none; 0 is nobody's."""
        return self.integer("chat_id") if self.text("chat_id") else None


async def read_call(request: Request, method: str) -> Call:
    """Read query string and body (form, multipart or JSON) of a request.

    Raises:
        Refusal: 400 when the body cannot be read.
    """
    params: dict[str, object] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        params |= await _json_body(request)
    else:
        try:
            form = await request.form(max_part_size=_PART_BYTES)
        except HTTPException as error:
            raise bad_request(f"Can't parse the request: {error.detail}") from None
        for key, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                kind = value.content_type or "application/octet-stream"
                uploads[key] = Upload(value.filename or key, kind, content)
            else:
                params[key] = value
        await form.close()
    return Call(method, params, uploads)


async def _json_body(request: Request) -> dict[str, object]:
    body = await request.body()
    if not body:
        return {}
    try:
        decoded = json.loads(body)
    except ValueError:
        raise bad_request("Can't parse the request: the body is no JSON") from None
    if not isinstance(decoded, dict):
        raise bad_request("Can't parse the request: the body is no JSON object")
    return decoded
