"""Secrets at rest."""

import pytest
from cryptography.fernet import Fernet

from bot.storage.crypto import SecretKeyUnusable, SecretUnreadable, Vault

FIRST, SECOND = Fernet.generate_key().decode(), "a passphrase that is long enough"


def test_a_secret_comes_back_and_cannot_be_read_without_the_key() -> None:
    vault = Vault(FIRST)
    stored = vault.encrypt("s3cret ✓")
    assert vault.decrypt(stored) == "s3cret ✓"
    assert "s3cret" not in stored
    assert vault.encrypt("s3cret ✓") != stored
    with pytest.raises(SecretUnreadable):
        Vault(SECOND).decrypt(stored)


def test_a_passphrase_gives_the_same_key_each_time() -> None:
    assert Vault(SECOND).decrypt(Vault(SECOND).encrypt("x")) == "x"


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    old = Vault(FIRST).encrypt("x")
    both = Vault(f" {SECOND} , {FIRST} ,")
    assert both.decrypt(old) == "x"
    assert Vault(SECOND).decrypt(both.encrypt("y")) == "y"
    with pytest.raises(SecretUnreadable):
        Vault(FIRST).decrypt(both.encrypt("y"))


def test_rotating_makes_the_old_key_unnecessary() -> None:
    old = Vault(FIRST).encrypt("x")
    rotated = Vault(f"{SECOND},{FIRST}").rotate(old)
    assert Vault(SECOND).decrypt(rotated) == "x"
    with pytest.raises(SecretUnreadable):
        Vault(SECOND).rotate(old)


@pytest.mark.parametrize("keys", ["", "  ", ",", "short", f"{SECOND},short"])
def test_a_missing_or_short_key_says_which_setting(keys: str) -> None:
    with pytest.raises(SecretKeyUnusable) as caught:
        Vault(keys)
    assert caught.value.problem.startswith("TASKLANE_SECRET_KEY: ")
    assert "short" not in caught.value.problem.replace("shorter", "")


@pytest.mark.parametrize("damaged", ["", "x", "gAAAA", "ü", "gAAAAABk" + "A" * 100])
def test_a_damaged_secret_is_unreadable(damaged: str) -> None:
    for read in (Vault(FIRST).decrypt, Vault(FIRST).rotate):
        with pytest.raises(SecretUnreadable):
            read(damaged)


def test_a_vault_does_not_show_its_keys() -> None:
    vault = Vault(SECOND)
    assert SECOND not in repr(vault) + str(vars(vault))
    with pytest.raises(SecretUnreadable) as caught:
        vault.decrypt("x")
    assert caught.value.__cause__ is None
