"""Secrets at rest: encrypted before they are stored, readable with any of the configured keys."""

import base64
import binascii
import hashlib
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import OutsideTrouble

_SALT: Final = b"tasklane secrets at rest, version 1"
_MEMORY: Final = {"n": 2**14, "r": 8, "p": 1}
_LEAST: Final = 12


class SecretKeyUnusable(OutsideTrouble):
    """TASKLANE_SECRET_KEY is missing or too short."""

    user_text = "Tasklane cannot keep secrets yet. Ask your administrator to set `TASKLANE_SECRET_KEY`."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
        """What is wrong with it, as the end of a sentence, for those who run the app."""

    @property
    def problem(self) -> str:
        """The line that names the setting, for those who run the app."""
        return (
            f"TASKLANE_SECRET_KEY: {self.reason}. Set it to a long random text, or to several, separated by commas: "
            "the first encrypts, all decrypt."
        )


class SecretUnreadable(OutsideTrouble):
    """A stored secret was encrypted with a key that is not configured, or was damaged."""

    user_text = (
        "A stored secret cannot be read any more. "
        "Ask your administrator to restore the old `TASKLANE_SECRET_KEY`, or to enter the secret again."
    )


class Vault:
    """Encrypts with the first key and decrypts with any, so that keys can be replaced without a stop.

    Each key is a Fernet key as it is, or any text of at least 12 characters, which is stretched with scrypt.
    """

    def __init__(self, keys: str) -> None:
        """Take one or several keys, separated by commas. Each that is no Fernet key takes some 50 ms."""
        parts = [part.strip() for part in keys.split(",") if part.strip()]
        if not parts:
            raise SecretKeyUnusable("it is not set")
        if any(len(part) < _LEAST for part in parts):
            raise SecretKeyUnusable(f"a key is shorter than {_LEAST} characters")
        self._fernet = MultiFernet([Fernet(_fernet_key(part)) for part in parts])

    def __repr__(self) -> str:
        return "Vault()"

    def encrypt(self, secret: str) -> str:
        """Return the text to store. The same secret gives another text each time."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def decrypt(self, stored: str) -> str:
        """Return the secret of a stored text."""
        try:
            return self._fernet.decrypt(stored.encode()).decode()
        except (InvalidToken, ValueError):
            raise SecretUnreadable from None

    def reads(self, stored: str) -> bool:
        """Tell whether a stored text can be decrypted."""
        try:
            self.decrypt(stored)
        except SecretUnreadable:
            return False
        return True

    def rotate(self, stored: str) -> str:
        """Encrypt a stored text anew with the first key, so that older keys can be taken out."""
        try:
            return self._fernet.rotate(stored.encode()).decode("ascii")
        except (InvalidToken, ValueError):
            raise SecretUnreadable from None


def _fernet_key(text: str) -> bytes:
    try:
        if len(base64.urlsafe_b64decode(text.encode("ascii"))) == 32 and len(text) == 44:
            return text.encode("ascii")
    except (UnicodeEncodeError, binascii.Error, ValueError):
        pass
    return base64.urlsafe_b64encode(hashlib.scrypt(text.encode(), salt=_SALT, dklen=32, **_MEMORY))
