"""A security key in software: it answers a page's question as a browser with a real key does."""

from __future__ import annotations

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

_PRESENT_AND_VERIFIED = 0x05
_WITH_CREDENTIAL = 0x40


@dataclass(slots=True)
class SoftKey:
    """A key with one credential; `count` grows with each use."""

    origin: str = "https://testserver"
    host: str = "testserver"
    count: int = 0
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = b"a soft key's only credential"

    def add(self, question: str) -> str:
        """Answer the question to register."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(_PRESENT_AND_VERIFIED | _WITH_CREDENTIAL) + credential
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", question)
        return self._answer({"clientDataJSON": _text(said), "attestationObject": _text(attested)})

    def show(self, question: str) -> str:
        """Answer the question to show that the key is there."""
        self.count += 1
        data, said = self._data(_PRESENT_AND_VERIFIED), self._said("webauthn.get", question)
        signature = self.private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": _text(said), "authenticatorData": _text(data), "signature": _text(signature)}
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _said(self, kind: str, question: str) -> bytes:
        challenge = json.loads(question)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": response})


def challenge_of(question: str) -> bytes:
    """Return the challenge of a question."""
    text = json.loads(question)["challenge"]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
