"""Digests and field encryption behind one interface: 国密 SM3/SM4 by default, SHA-256/AES where a site rules so.

`CRYPTO_SUITE` ("sm" or "aes") decides what new values are made with. A ciphertext names its suite, so values of either
stay readable. This is readiness for 商用密码应用 rules, not a certification.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES, TAG_BYTES = 12, 16
#: Suite → (digest, cipher, key length in bytes).
SUITES: dict[str, tuple[type[hashes.HashAlgorithm], Callable[[bytes], CipherAlgorithm], int]] = {
    "sm": (hashes.SM3, algorithms.SM4, 16),
    "aes": (hashes.SHA256, algorithms.AES, 32),
}


class UnreadableError(ValueError):
    """A ciphertext was changed, or made with a key that is no longer configured."""


def digest(text: str) -> str:
    """64 hex digits: SM3 (GB/T 32905-2016) or SHA-256. For random tokens, not for passwords."""
    algorithm, _, _ = SUITES[settings.CRYPTO_SUITE]
    context = hashes.Hash(algorithm())
    context.update(text.encode())
    return context.finalize().hex()


def encrypt(text: str) -> str:
    """Authenticated encryption of one field's text: `suite$base64(nonce + ciphertext + tag)`."""
    suite = settings.CRYPTO_SUITE
    nonce = os.urandom(NONCE_BYTES)
    sealer = Cipher(_cipher(suite, settings.SECRET_KEY), modes.GCM(nonce)).encryptor()
    sealed = sealer.update(text.encode()) + sealer.finalize()
    return f"{suite}${urlsafe_b64encode(nonce + sealed + sealer.tag).decode()}"


def decrypt(sealed: str) -> str:
    """The text of `encrypt`. Raises `UnreadableError` when it was changed or no configured key opens it."""
    suite, _, body = sealed.partition("$")
    if suite not in SUITES:
        raise UnreadableError("密文的格式不认识。")
    raw = urlsafe_b64decode(body)
    nonce, cipher_text, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES:-TAG_BYTES], raw[-TAG_BYTES:]
    for secret in _secrets():
        opener = Cipher(_cipher(suite, secret), modes.GCM(nonce, tag)).decryptor()
        try:
            return (opener.update(cipher_text) + opener.finalize()).decode()
        except InvalidTag:
            continue
    raise UnreadableError("密文打不开：密钥不对，或内容被改动。")


def _secrets() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


@lru_cache
def _cipher(suite: str, secret: str) -> CipherAlgorithm:
    algorithm, cipher, length = SUITES[suite]
    key = HKDF(algorithm=algorithm(), length=length, salt=None, info=b"tenants.crypto").derive(secret.encode())
    return cipher(key)
