"""Digests and field encryption, national and international."""

import pytest
from pytest_django import Settings

from tenants import crypto

SECRET = "JBSWY3DPEHPK3PXP"


def test_sm3_is_the_standards_own_example() -> None:
    """GB/T 32905-2016, annex A.1."""
    assert crypto.digest("abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_the_other_suite_digests_by_sha_256(settings: Settings) -> None:
    settings.CRYPTO_SUITE = "aes"
    assert crypto.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("suite", ["sm", "aes"])
def test_what_is_encrypted_reads_back_and_shows_nothing(settings: Settings, suite: str) -> None:
    settings.CRYPTO_SUITE = suite
    sealed = crypto.encrypt(SECRET)
    assert sealed.startswith(f"{suite}$")
    assert SECRET not in sealed
    assert sealed != crypto.encrypt(SECRET)
    settings.CRYPTO_SUITE = "aes" if suite == "sm" else "sm"
    assert crypto.decrypt(sealed) == SECRET


def test_an_older_key_still_opens(settings: Settings) -> None:
    sealed = crypto.encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-another-key-another-key"
    assert crypto.decrypt(sealed) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(crypto.UnreadableError):
        crypto.decrypt(sealed)


def test_a_changed_ciphertext_is_refused() -> None:
    sealed = crypto.encrypt(SECRET)
    with pytest.raises(crypto.UnreadableError):
        crypto.decrypt(sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:])
    with pytest.raises(crypto.UnreadableError):
        crypto.decrypt("plain text")
