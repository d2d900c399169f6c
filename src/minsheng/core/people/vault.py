"""Encryption of personal data, blind indexes to find it by, and masks to show instead of it.

Keys come from settings (MINSHENG_VAULT_KEY, MINSHENG_VAULT_OLD_KEYS); the database never sees them.
A stored value names its cipher and key itself: cipher (1 byte), key id (4), nonce (12), ciphertext with tag.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways import telephones

CipherName = Literal["aes", "sm4"]

_CODES: Final[Mapping[str, int]] = {"aes": 1, "sm4": 2}
_NONCE_SIZE: Final = 12
_TAG_SIZE: Final = 16
_HEAD_SIZE: Final = 1 + 4 + _NONCE_SIZE
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{15})(?!\d)")
_MOBILE = re.compile(r"1[3-9]\d{9}")


class BadPhone(Rejected):
    """Not a telephone number that one could call back. `reason`: as `NoTelephone` has it."""

    def __init__(self, reason: str = "unknown") -> None:
        super().__init__("bad_phone", reason=reason)


class BadIdNumber(Rejected):
    """Not an identity number (GB 11643-1999) nor a social credit code (GB 32100-2015)."""

    def __init__(self) -> None:
        super().__init__("bad_id_number")


class VaultBroken(Exception):
    """A stored value cannot be opened: altered, moved to another row, or its key is not among the settings."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is derived from one master key."""

    id: str
    aes: bytes
    sm4: bytes
    index: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that encrypts, the retired ones that still open, and the cipher for new values."""

    current: Key
    old: tuple[Key, ...]
    cipher: CipherName

    @property
    def all(self) -> tuple[Key, ...]:
        """Return every key, the current one first."""
        return (self.current, *self.old)


def keyring() -> Keyring:
    """Return the keys of the settings. Raises: ValueError naming the variable, never the key."""
    return _keyring(settings.VAULT_KEY, tuple(settings.VAULT_OLD_KEYS), settings.VAULT_CIPHER)


def encrypt(plain: str, *, owner: str, field: str) -> bytes:
    """Return the value encrypted for one field of one owner; it opens nowhere else.

    Source: GB/T 22239-2019 8.1.4.8; JY-8d.
    """
    ring = keyring()
    nonce = os.urandom(_NONCE_SIZE)
    bound = _bound(owner, field)
    head = bytes([_CODES[ring.cipher]]) + bytes.fromhex(ring.current.id) + nonce
    if ring.cipher == "aes":
        return head + AESGCM(ring.current.aes).encrypt(nonce, plain.encode(), bound)
    sealing = Cipher(algorithms.SM4(ring.current.sm4), modes.GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(bound)
    return head + sealing.update(plain.encode()) + sealing.finalize() + sealing.tag


def decrypt(stored: bytes, *, owner: str, field: str) -> str:
    """Return the plain value, whichever cipher and key of the ring it was made with.

    Raises: VaultBroken.
    """
    if len(stored) < _HEAD_SIZE + _TAG_SIZE:
        raise VaultBroken("too short")
    key = next((key for key in keyring().all if key.id == stored[1:5].hex()), None)
    if key is None:
        raise VaultBroken("made with a key that is not in MINSHENG_VAULT_KEY or MINSHENG_VAULT_OLD_KEYS")
    nonce, sealed = stored[5:_HEAD_SIZE], stored[_HEAD_SIZE:]
    bound = _bound(owner, field)
    try:
        if stored[0] == _CODES["aes"]:
            return AESGCM(key.aes).decrypt(nonce, sealed, bound).decode()
        if stored[0] != _CODES["sm4"]:
            raise VaultBroken("made with an unknown cipher")
        opening = Cipher(algorithms.SM4(key.sm4), modes.GCM(nonce, sealed[-_TAG_SIZE:])).decryptor()
        opening.authenticate_additional_data(bound)
        return (opening.update(sealed[:-_TAG_SIZE]) + opening.finalize()).decode()
    except InvalidTag as fault:
        raise VaultBroken("altered, or moved from another row") from fault


def phone_indexes(number: str, *, city: str) -> list[bytes]:
    """Return every index under which a normal number may be kept: by each key, and in forms of earlier versions."""
    forms = (number, *telephones.former(number, area=policies.area_code(city)))
    return [blind_index("phone", form, city=city, key=key) for key in keyring().all for form in forms]


def id_number_indexes(number: str, *, city: str) -> list[bytes]:
    """Return every index under which a normal identity number may be kept."""
    return [blind_index("id_number", number, city=city, key=key) for key in keyring().all]


def blind_index(kind: str, normal: str, *, city: str, key: Key | None = None) -> bytes:
    """Return the keyed hash by which a normalized value is found within a city; it cannot be turned back."""
    used = key or keyring().current
    return hmac.digest(used.index, f"{kind}\0{city}\0{normal}".encode(), "sha256")


def phone_in(city: str, text: str) -> str:
    """Return the one form of a number as people of the city write it: its area code is theirs where they leave it out.

    Raises: BadPhone.
    """
    return normal_phone(text, area=policies.area_code(city))


def normal_phone(text: str, *, area: str = "") -> str:
    """Return the one form of a number, however it was written: 13812345678, 051212345678, 051212345678-803.

    `area`: of a landline that was written without one. Raises: BadPhone.
    """
    try:
        return telephones.normal(text, area=area)
    except telephones.NoTelephone as fault:
        raise BadPhone(fault.reason) from None


def normal_id_number(text: str) -> str:
    """Return the number in capitals after checking its form and, for a person's, its check digit.

    Raises: BadIdNumber.
    """
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if re.fullmatch(r"\d{17}[\dX]", number):
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
        if "10X98765432"[total % 11] == number[17]:
            return number
    elif re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", number) or re.fullmatch(r"[A-Z0-9]{8,9}", number):
        return number
    raise BadIdNumber


def mask_name(name: str) -> str:
    """Return 张*, 欧**; of a longer name, an organization's, the first two and the last two characters."""
    if len(name) <= 4:
        return name[:1] + "*" * max(1, len(name) - 1)
    return f"{name[:2]}{'*' * min(6, len(name) - 4)}{name[-2:]}"


def mask_phone(phone: str) -> str:
    """Return 138****5678; of a fixed line and its extension the last two digits alone."""
    if _MOBILE.fullmatch(phone):
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(3, len(phone) - 2) + phone[-2:]


def mask_id_number(number: str) -> str:
    """Return the first and the last character with stars between them."""
    return f"{number[:1]}{'*' * max(1, len(number) - 2)}{number[-1:]}"


def mask_address(address: str) -> str:
    """Return the place down to district or county, the rest as stars."""
    found = re.match(r"^.{0,20}?(?:区|县|市(?!.{0,10}[区县]))", address)
    return f"{found.group() if found else ''}****"


def names_somebody(text: str) -> bool:
    """Tell whether a text holds what looks like a mobile or identity number."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", text)) is not None


def _bound(owner: str, field: str) -> bytes:
    return f"minsheng\0{owner}\0{field}".encode()


@lru_cache(maxsize=8)
def _keyring(current: str, old: tuple[str, ...], cipher: str) -> Keyring:
    if cipher not in ("aes", "sm4"):
        raise ValueError("MINSHENG_VAULT_CIPHER must be aes or sm4")
    return Keyring(
        current=_key(current, "MINSHENG_VAULT_KEY"),
        old=tuple(_key(text, "MINSHENG_VAULT_OLD_KEYS") for text in old),
        cipher="aes" if cipher == "aes" else "sm4",
    )


def _key(text: str, variable: str) -> Key:
    try:
        master = base64.b64decode(text, validate=True)
    except ValueError:
        master = b""
    if len(master) != 32:
        raise ValueError(f"{variable} must be 32 bytes in base64")

    def derive(purpose: str, size: int) -> bytes:
        info = f"minsheng vault {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=size, salt=None, info=info).derive(master)

    return Key(
        id=hashlib.sha256(b"minsheng vault id" + master).hexdigest()[:8],
        aes=derive("aes-256-gcm", 32),
        sm4=derive("sm4-gcm", 16),
        index=derive("blind index", 32),
    )
