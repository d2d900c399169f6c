"""How WeChat, WeCom and Alipay prove that a request is theirs, and how the first two hide what stands in it.

Sources: developers.weixin.qq.com "消息加解密"; developer.work.weixin.qq.com "加解密方案"; opendocs.alipay.com "验签".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from minsheng.gateways.wechat.values import NotTheirs

# Their padding fills blocks of 32 bytes, not the cipher's 16.
_BLOCK = 32
_RANDOM = 16


def key_of(text: str) -> bytes:
    """Return the key that 43 letters of an EncodingAESKey stand for. Raises: ValueError."""
    if len(text) != 43 or not text.isascii() or not text.isalnum():
        raise ValueError("an EncodingAESKey has 43 letters and digits")
    return base64.b64decode(f"{text}=")


def signature(*parts: str) -> str:
    """Return what token, timestamp, nonce and perhaps the hidden text are signed with."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Tell whether a signature is that of these parts."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def opened(text: str, *, keys: Sequence[bytes], receiver: str) -> tuple[str, bytes]:
    """Return what is hidden in a text for `receiver`, and the key that opens it. Raises: NotTheirs."""
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NotTheirs("base64") from fault
    if not sealed or len(sealed) % 16:
        raise NotTheirs("length")
    for key in keys:
        opening = _cipher(key).decryptor()
        found = _content(opening.update(sealed) + opening.finalize(), receiver.encode())
        if found is not None:
            return found, key
    raise NotTheirs("key")


def sealed(plain: str, *, key: bytes, receiver: str) -> str:
    """Return a text hidden for `receiver`."""
    content = plain.encode()
    whole = os.urandom(_RANDOM) + len(content).to_bytes(4, "big") + content + receiver.encode()
    fill = _BLOCK - len(whole) % _BLOCK
    sealing = _cipher(key).encryptor()
    return base64.b64encode(sealing.update(whole + bytes((fill,)) * fill) + sealing.finalize()).decode()


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _content(plain: bytes, receiver: bytes) -> str | None:
    """Return the text between the random bytes and the receiver; None where it is not what it should be."""
    fill = plain[-1]
    if not 1 <= fill <= _BLOCK or plain[-fill:] != bytes((fill,)) * fill:
        return None
    whole = plain[:-fill]
    length = int.from_bytes(whole[_RANDOM : _RANDOM + 4], "big")
    content, rest = whole[_RANDOM + 4 : _RANDOM + 4 + length], whole[_RANDOM + 4 + length :]
    if len(content) != length or not hmac.compare_digest(rest, receiver):
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def signable(fields: Mapping[str, str]) -> str:
    """Return what RSA2 signs: every field but `sign` that says something, by name."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name])


def is_rsa_signed(text: bytes, given: str, *, public_key: str) -> bool:
    """Tell whether a base64 signature is RSA2's of these bytes."""
    try:
        _public(public_key).verify(base64.b64decode(given), text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def rsa_signature(text: bytes, *, private_key: str) -> str:
    """Return RSA2's signature of bytes, in base64."""
    return base64.b64encode(_private(private_key).sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def public_of(private_key: str) -> str:
    """Return the public half of a key, as Alipay wants it: DER in base64. Raises: ValueError."""
    plain = _private(private_key).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(plain.public_bytes(serialization.Encoding.DER, form)).decode()


def check_public(public_key: str) -> None:
    """Look whether a text is a public key. Raises: ValueError."""
    _public(public_key)


def _private(text: str) -> RSAPrivateKey:
    found = serialization.load_pem_private_key(text.encode(), None)
    if not isinstance(found, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return found


def _public(text: str) -> RSAPublicKey:
    found = serialization.load_pem_public_key(text.encode())
    if not isinstance(found, RSAPublicKey):
        raise ValueError("not an RSA key")
    return found
