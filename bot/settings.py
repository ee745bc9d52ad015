"""The configuration: read from the environment and `.env` here, and nowhere else."""

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError

PROVIDERS: Final = frozenset({"anthropic", "gemini", "scripted"})
SLACK_API = "https://slack.com/api/"
_ID: Final = re.compile(r"[A-Z][A-Z0-9_-]+")
"""What Slack's ids look like, be they real or of a workspace for tests; names begin with `#` or `@`."""
_CLIENT_ID: Final = re.compile(r"\d+\.\d+")


class Settings(BaseSettings):
    """Every setting under the name that the README's table gives it."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API

    tasklane_provider: str = "anthropic"
    tasklane_model: str | None = None
    tasklane_notes_model: str | None = None
    tasklane_script: Path | None = None
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    gemini_api_key: SecretStr | None = None
    gemini_base_url: str | None = None

    database_url: str = "sqlite+aiosqlite:///tasklane.db"
    tasklane_db_pool: int = Field(default=10, ge=2)
    tasklane_transport: Literal["auto", "edit", "native"] = "auto"
    tasklane_notes_channel: str | None = None
    tasklane_engineers: str = ""
    tasklane_idle_days: float = Field(default=7.0, ge=0)
    tasklane_turns_a_minute: int = Field(default=20, ge=1)
    tasklane_turns_a_minute_of_all: int = Field(default=600, ge=1)
    tasklane_tokens_a_day: int = Field(default=3_000_000, ge=1)
    tasklane_tokens_a_day_of_all: int = Field(default=50_000_000, ge=1)
    tasklane_dollars_a_month: float | None = Field(default=None, gt=0)
    tasklane_session_tokens: int = Field(default=80_000, ge=8_000)
    tasklane_files_kept_days: float = Field(default=0.0, ge=0)
    tasklane_retention_days: int | None = Field(default=None, ge=1)

    tasklane_secret_key: SecretStr | None = None
    tasklane_allow_private_hosts: bool = False

    otel_exporter_otlp_endpoint: str | None = None

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator(
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_client_secret",
        "anthropic_api_key",
        "gemini_api_key",
    )
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        """Take off what a file or a copy puts around a secret, and refuse what no header can carry."""
        if value is None or not (text := value.get_secret_value().strip()):
            return None
        if not (text.isascii() and text.isprintable()):
            raise ValueError("it holds a line break, or a character that no token has; copy it once more")
        return SecretStr(text)

    @field_validator("slack_client_id")
    @classmethod
    def _stripped(cls, value: str | None) -> str | None:
        return (value or "").strip() or None

    @field_validator("slack_api_url")
    @classmethod
    def _slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^/\s]", value):
            raise ValueError("it must be an address that begins with http:// or https://")
        return value

    @field_validator("tasklane_provider")
    @classmethod
    def _known(cls, value: str) -> str:
        names = [name.strip() for name in value.split(",") if name.strip()]
        if not names or not set(names) <= PROVIDERS:
            raise ValueError(f"it can be one or several, with commas, of: {', '.join(sorted(PROVIDERS))}")
        return ",".join(names)

    @property
    def providers(self) -> tuple[str, ...]:
        """The language models' providers, in the order in which they are asked."""
        return tuple(self.tasklane_provider.split(","))

    @property
    def socket_mode(self) -> bool:
        """Whether Slack reaches the app through Socket Mode instead of HTTP."""
        return self.slack_app_token is not None

    @property
    def oauth(self) -> bool:
        """Whether workspaces install the app themselves, each with a token of its own."""
        return self.slack_client_id is not None and self.slack_client_secret is not None

    @property
    def engineers(self) -> tuple[str, ...]:
        """The user groups whose members may conclude. Empty when every full member may."""
        return tuple(group.strip() for group in self.tasklane_engineers.split(",") if group.strip())


def load(**overrides: object) -> Settings:
    """Read the settings. `ConfigurationError` lists what is wrong, one readable line each."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError([f".env cannot be read: {why}."]) from None
    except ValidationError as invalid:
        raise ConfigurationError([_readable(error["loc"], error["msg"]) for error in invalid.errors()]) from None


def _readable(location: tuple[int | str, ...], message: str) -> str:
    return f"{str(location[0]).upper()}: {message.removeprefix('Value error, ')}."


def problems(settings: Settings) -> list[str]:
    """Say what is missing before the app can serve: one line a problem, with what to do about it."""
    found = []
    if settings.slack_client_id is not None or settings.slack_client_secret is not None:
        found += _oauth_problems(settings)
    elif settings.slack_bot_token is None:
        found.append(
            "SLACK_BOT_TOKEN is not set. Copy the Bot User OAuth Token (xoxb-…) from your app's "
            "*OAuth & Permissions* page."
        )
    elif settings.slack_bot_token.get_secret_value().startswith("xapp-"):
        found.append("SLACK_BOT_TOKEN holds an app-level token: it should begin with xoxb-.")
    if settings.slack_app_token is not None:
        if settings.slack_app_token.get_secret_value().startswith("xoxb-"):
            found.append("SLACK_APP_TOKEN holds a bot token: it should begin with xapp-.")
    elif settings.slack_signing_secret is None:
        found.append(
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set. Set SLACK_APP_TOKEN (xapp-…) for Socket "
            "Mode, or SLACK_SIGNING_SECRET from *Basic Information* for HTTP."
        )
    return [*found, *_id_problems(settings), *_model_problems(settings)]


def _oauth_problems(settings: Settings) -> list[str]:
    """Say what is wrong where workspaces are to install the app themselves."""
    found = []
    if settings.slack_client_id is None:
        found.append("SLACK_CLIENT_ID is not set, SLACK_CLIENT_SECRET is. Copy both from *Basic Information*.")
    elif not _CLIENT_ID.fullmatch(settings.slack_client_id):
        found.append(
            "SLACK_CLIENT_ID is not a client id (two numbers with a point between). Copy it from *Basic Information*."
        )
    if settings.slack_client_secret is None:
        found.append("SLACK_CLIENT_SECRET is not set, SLACK_CLIENT_ID is. Copy both from *Basic Information*.")
    if settings.slack_bot_token is not None:
        found.append(
            "SLACK_BOT_TOKEN is set together with SLACK_CLIENT_ID. Keep the token for one workspace, or the client id "
            "and its secret for those that install the app."
        )
    if settings.tasklane_secret_key is None:
        found.append(
            "TASKLANE_SECRET_KEY is not set. The tokens of the workspaces are stored encrypted with it: "
            "set a long random text."
        )
    for name, value in (
        ("TASKLANE_NOTES_CHANNEL", settings.tasklane_notes_channel),
        ("TASKLANE_ENGINEERS", settings.tasklane_engineers),
    ):
        if value:
            found.append(f"{name} names something of one workspace, and SLACK_CLIENT_ID is for many. Take it out.")
    return found


def _id_problems(settings: Settings) -> list[str]:
    found = []
    channel = settings.tasklane_notes_channel
    if channel is not None and not _ID.fullmatch(channel):
        found.append("TASKLANE_NOTES_CHANNEL is not a channel id (C…). It stands below the channel's details.")
    if wrong := [group for group in settings.engineers if not _ID.fullmatch(group)]:
        found.append(
            f"TASKLANE_ENGINEERS: {', '.join(wrong)} is not a user group id (S…). "
            "Copy it from the group's menu in Slack's list of people and groups."
        )
    return found


def _model_problems(settings: Settings) -> list[str]:
    found = []
    names = settings.providers
    if "anthropic" in names and settings.anthropic_api_key is None:
        found.append(
            "ANTHROPIC_API_KEY is not set. Create a key in the Anthropic Console, or choose another TASKLANE_PROVIDER."
        )
    if "gemini" in names and settings.gemini_api_key is None:
        found.append(
            "GEMINI_API_KEY is not set. Create a key in Google AI Studio, or choose another TASKLANE_PROVIDER."
        )
    return found
