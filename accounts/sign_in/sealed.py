"""Secrets in the database, encrypted by AES-256-GCM under a key made from SECRET_KEY; what was
encrypted under an earlier one (SECRET_KEY_FALLBACKS), or by Fernet before 0.9.0, still opens."""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

MARK = "gcm:"
NONCE = 12  # bytes


def seal(text: str) -> str:
    """A text under today's key."""
    nonce = os.urandom(NONCE)
    sealed = _gcm(settings.SECRET_KEY).encrypt(nonce, text.encode(), None)
    return MARK + base64.urlsafe_b64encode(nonce + sealed).decode()


def opened(kept: str) -> str:
    """The text again. Raises `InvalidToken` where no key that is set opens it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not kept.startswith(MARK):
        return MultiFernet([_fernet(key) for key in keys]).decrypt(kept.encode()).decode()
    data = base64.urlsafe_b64decode(kept.removeprefix(MARK))
    for key in keys:
        try:
            return _gcm(key).decrypt(data[:NONCE], data[NONCE:], None).decode()
        except InvalidTag:
            continue
    raise InvalidToken


def _gcm(key: str) -> AESGCM:
    return AESGCM(_digest(b"second factor, AES-GCM", key))


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_digest(b"second factor", key)))


def _digest(what: bytes, key: str) -> bytes:
    return hashlib.sha256(what + key.encode()).digest()
