"""Security keys and passkeys by WebAuthn: the question for the browser, and what its answer proves.

What a ceremony has to remember (`state`) is kept by the caller in the browser's session. Attestation is not asked for:
whose make a key is tells nothing about who holds it. Source: GB/T 22239-2019 8.1.4.1 d; W3C WebAuthn Level 2.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

NO_ATTESTATION: Final = AttestationConveyancePreference.NONE
# It logs the ids of credentials, which are nobody else's business.
logging.getLogger("fido2.server").setLevel(logging.WARNING)


class NotProven(Exception):
    """The browser's answer does not show that the key is there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page hands to the browser, as JSON, and what to keep until the answer comes."""

    options: str
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: its public part, and how often it has signed (0: it does not count)."""

    credential: bytes
    count: int


def ask_to_add(host: str, *, site: str, person: int, account: str, known: Sequence[bytes]) -> Asked:
    """Begin the registration of a key for an account; keys that it has already are not taken again."""
    user = PublicKeyCredentialUserEntity(id=f"staff:{person}".encode(), name=account, display_name=account)
    options, state = _server(host, site).register_begin(
        user, [AttestedCredentialData(each) for each in known], user_verification=UserVerificationRequirement.PREFERRED
    )
    return Asked(json.dumps(dict(options.public_key)), dict(state))


def added(host: str, answer: str, *, state: Mapping[str, Any]) -> Key:
    """Return the key that was registered. Raises: NotProven."""
    try:
        data = _server(host, "").register_complete(state, json.loads(answer))
        if data.credential_data is None:
            raise NotProven
        return Key(bytes(data.credential_data), data.counter)
    except (ValueError, KeyError, TypeError, AssertionError) as fault:
        raise NotProven from fault


def ask_to_show(host: str, *, known: Sequence[bytes]) -> Asked:
    """Begin the proof that one of an account's keys is there."""
    options, state = _server(host, "").authenticate_begin(
        [AttestedCredentialData(each) for each in known], user_verification=UserVerificationRequirement.PREFERRED
    )
    return Asked(json.dumps(dict(options.public_key)), dict(state))


def shown(host: str, answer: str, *, state: Mapping[str, Any], known: Sequence[Key]) -> Key:
    """Return which key was shown, with its new count. Raises: NotProven, also for a copy: its count does not grow."""
    try:
        given = json.loads(answer)
        credentials = [AttestedCredentialData(each.credential) for each in known]
        found = _server(host, "").authenticate_complete(state, credentials, given)
        count = AuthenticationResponse.from_dict(given).response.authenticator_data.counter
    except (ValueError, KeyError, TypeError, AssertionError) as fault:
        raise NotProven from fault
    kept = next(each for each in known if each.credential == bytes(found))
    if (count or kept.count) and count <= kept.count:
        raise NotProven
    return Key(kept.credential, count)


def _server(host: str, site: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=site or host), attestation=NO_ATTESTATION)
