"""The environment, read once into one frozen object. Every variable begins with ACCANTO_."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TELEGRAM = "https://api.telegram.org"
LISTEN = "127.0.0.1:8080"
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
_OWN_PATHS = frozenset({"/healthz", "/metrics"})
_LAST_PORT = 65535


class WrongSetting(Exception):
    """A setting that cannot be used; the message names the variable and the mend."""


class Settings(BaseSettings):
    """What the operator decides. Secrets never show in a `repr`, a log or an error."""

    model_config = SettingsConfigDict(
        env_prefix="ACCANTO_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    token: SecretStr = Field(SecretStr(""), description="the bot's token, from BotFather")
    keys: SecretStr = Field(SecretStr(""), description="the key list, from `accanto keys new`")
    database_url: SecretStr = Field(
        SecretStr("sqlite:///accanto.db"), description="sqlite:///file or postgresql://…"
    )
    api_url: str = Field(TELEGRAM, description="another Bot API server")
    webhook_url: str = Field("", description="where Telegram posts updates; empty: polling")
    listen: str = Field("", description="where the bot listens, like 127.0.0.1:8080")
    clock: Literal["system", "control"] = Field(
        "system", description="`control` takes the time from the fake server, in tests only"
    )
    content: Path | None = Field(None, description="another content folder")
    allow_draft: bool = Field(default=False, description="start with unreviewed texts")
    backup_dir: Path | None = Field(None, description="a folder for sealed daily backups")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="how much is logged; never words, names, keys or the token"
    )
    messages_a_minute: int = Field(
        20, ge=0, description="of one account, answered; each is read for danger; 0: no limit"
    )

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, value: str) -> str:
        place = urlsplit(value)
        if value and not (place.scheme in {"http", "https"} and place.hostname):
            raise ValueError("it must be an address, like https://bot.example.org/telegram")
        if place.query or place.fragment or place.username:
            raise ValueError("it must end with its path: no user, no ? and no #")
        if place.path in _OWN_PATHS:
            raise ValueError(f"the path {place.path} is taken, choose another")
        return value

    @field_validator("listen")
    @classmethod
    def _place(cls, value: str) -> str:
        if value:
            _host_and_port(value)
        return value

    @property
    def real_telegram(self) -> bool:
        """Whether real people may be on the other side."""
        return self.api_url == TELEGRAM

    @property
    def local_telegram(self) -> bool:
        """Whether the Bot API server is on this machine; only then may a webhook do without TLS."""
        return urlsplit(self.api_url).hostname in _LOCAL

    @property
    def listens_at(self) -> tuple[str, int] | None:
        """The host and port where the bot listens; None where it need not."""
        place = self.listen or (LISTEN if self.webhook_url else "")
        return _host_and_port(place) if place else None


def read_settings(**given: object) -> Settings:
    """Return the settings of the environment; raise WrongSetting with one line per variable."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        lines = [f"ACCANTO_{str(p['loc'][0]).upper()}: {_plain(p['msg'])}" for p in problems]
        raise WrongSetting("; ".join(lines)) from None


def _host_and_port(place: str) -> tuple[str, int]:
    """Return the host and port of 127.0.0.1:8080 or [::1]:8080; raise ValueError for others."""
    host, _, port = place.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or int(port) > _LAST_PORT:
        raise ValueError(f"it must be a host and a port, like {LISTEN}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
