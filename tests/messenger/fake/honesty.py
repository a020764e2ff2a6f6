"""Holds the fake server to the Bot API description, through types that nobody here wrote.

aiogram's types are generated from the description: whatever the server takes, answers or delivers
must fit them, without a field too many.
"""

from collections.abc import Iterator

import aiogram.methods
import aiogram.types
from aiogram.methods.base import TelegramMethod
from pydantic import BaseModel, TypeAdapter

from bot.messenger.fake import Exchange

_METHODS: dict[str, type[TelegramMethod[object]]] = {
    kind.__api_method__: kind
    for name in aiogram.methods.__all__
    if isinstance(kind := getattr(aiogram.methods, name), type)
    and issubclass(kind, TelegramMethod)
    and kind is not TelegramMethod
}


class Witness:
    """Is told every exchange of a server and remembers what the Bot API does not know."""

    def __init__(self) -> None:
        self.seen: list[Exchange] = []
        self.complaints: list[str] = []

    def __call__(self, exchange: Exchange) -> None:
        """Look at one exchange."""
        self.seen.append(exchange)
        self.complaints += [f"{exchange.method}: {one}" for one in complaints(exchange)]


def complaints(exchange: Exchange) -> list[str]:
    """Return what is wrong with an exchange by aiogram's types, nothing when all is well."""
    try:
        return list(_complaints(exchange))
    except ValueError as error:  # pydantic's ValidationError is one
        return [str(error)]


def _complaints(exchange: Exchange) -> Iterator[str]:
    if exchange.method == "webhook":
        yield from _unknown_fields(aiogram.types.Update.model_validate(exchange.sent), "update")
        return
    answer = exchange.answer or {}
    if answer.get("ok"):
        method = _METHODS[exchange.method]
        yield from _unknown_fields(method.model_validate(exchange.sent), "request")
        result = TypeAdapter(method.__returning__).validate_python(answer["result"])
        yield from _unknown_fields(result, "result")
        yield from (f"answer has {key}" for key in answer.keys() - {"ok", "result", "description"})
    elif answer:
        yield from _unknown_fields(
            aiogram.types.ResponseParameters.model_validate(answer.get("parameters", {})),
            "parameters",
        )
        if answer["error_code"] != exchange.status or not answer["description"]:
            yield f"an incomplete refusal: {answer}"


def _unknown_fields(value: object, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"unknown field {path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _unknown_fields(one, f"{path}[{number}]")
