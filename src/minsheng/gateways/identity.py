"""Who somebody really is, said by a register that knows: the port, OpenID Connect, and the demonstration's register.

A verification is begun with `begin`, which says where to send the browser; what comes back goes to `complete`. What
must be the same at both ends (state, nonce, proof key) is kept by the caller in the browser's session.
Source: SQ-10.1, SZ-17a, A-60.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

import httpx
import jwt

from minsheng.domain.rejected import Rejected

_WAIT_SECONDS: Final = 10.0
# Only signatures with a key pair: with a shared secret, or none, whoever knows it could be anybody.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_CLOCK_SKEW_SECONDS: Final = 60
# What registers call the number of the identity document.
_ID_NUMBER_CLAIMS: Final = ("id_number", "certno", "idcard", "document_number")


class IdentityRefused(Rejected):
    """The register did not confirm who somebody is; the code says why."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what to keep until it comes back."""

    url: str
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verified:
    """What the register says. `subject` is its own name for the person, the same at every visit.

    `methods`: how the person signed in there, by its `amr` and `acr`.
    """

    subject: str
    name: str
    id_number: str = ""
    methods: tuple[str, ...] = ()


class IdentityProvider(Protocol):
    """A register of real names that a browser is sent to."""

    name: str

    def begin(self, *, redirect_uri: str) -> Begun:
        """Begin a verification. Raises: IdentityRefused `identity_away`."""

    def complete(self, answer: Mapping[str, str], *, kept: Mapping[str, str], redirect_uri: str) -> Verified:
        """Return who it was. Raises: IdentityRefused."""


@dataclass(frozen=True, slots=True)
class Client:
    """How this platform is known to an OpenID provider."""

    issuer: str
    client_id: str
    client_secret: str
    scope: str = "openid profile"


class OpenIdConnect:
    """The code flow of OpenID Connect Core 1.0 with proof key (RFC 7636), state and nonce.

    Addresses come from the provider's own document (Discovery 1.0), whose issuer must be the configured one.
    `needs_name`: whoever has no name there is refused.
    """

    name = "openid"

    def __init__(self, client: Client, *, http: httpx.Client | None = None, needs_name: bool = True) -> None:
        self._client = client
        self._needs_name = needs_name
        self._http = http or httpx.Client(timeout=_WAIT_SECONDS, follow_redirects=False)
        self._document: dict[str, Any] | None = None

    def begin(self, *, redirect_uri: str) -> Begun:
        """Return the provider's page of consent. Raises: IdentityRefused `identity_away`."""
        document = self._discovered()
        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._client.scope,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return Begun(f"{document['authorization_endpoint']}?{urlencode(asked)}", kept)

    def complete(self, answer: Mapping[str, str], *, kept: Mapping[str, str], redirect_uri: str) -> Verified:
        """Exchange the code, check the token, read the claims.

        Raises: IdentityRefused: `identity_mismatch` for an answer that is not to our question, `identity_denied` when
        the provider or the person said no, `identity_away`, `identity_untrusted` for a token that does not hold.
        """
        if not kept.get("state") or not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
            raise IdentityRefused("identity_mismatch")
        if answer.get("error") or not answer.get("code"):
            raise IdentityRefused("identity_denied")
        document = self._discovered()
        if answer.get("iss", self._client.issuer) != self._client.issuer:
            raise IdentityRefused("identity_mismatch")
        tokens = self._exchanged(answer["code"], kept["verifier"], redirect_uri, document)
        claims = self._checked(str(tokens.get("id_token", "")), kept["nonce"], document)
        # The token alone says how somebody signed in: it is signed.
        methods = _methods(claims)
        if "userinfo_endpoint" in document and tokens.get("access_token"):
            more = self._asked("GET", document["userinfo_endpoint"], bearer=str(tokens["access_token"]))
            if more.get("sub") != claims["sub"]:
                raise IdentityRefused("identity_untrusted")
            claims = {**more, **claims}
        name = str(claims.get("name") or "").strip()
        if not name and self._needs_name:
            raise IdentityRefused("identity_nameless")
        number = next((str(claims[each]) for each in _ID_NUMBER_CLAIMS if claims.get(each)), "")
        return Verified(f"{self._client.issuer}#{claims['sub']}", name, number, methods)

    def _discovered(self) -> dict[str, Any]:
        if self._document is None:
            found = self._asked("GET", f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._client.issuer:
                raise IdentityRefused("identity_untrusted")
            self._document = found
        return self._document

    def _exchanged(self, code: str, verifier: str, redirect_uri: str, document: Mapping[str, Any]) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self._asked("POST", document["token_endpoint"], form=form)

    def _checked(self, token: str, nonce: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the claims of an ID token whose signature, issuer, audience, times and nonce hold."""
        keys = self._asked("GET", document["jwks_uri"])
        try:
            header = jwt.get_unverified_header(token)
            key = next(
                each
                for each in jwt.PyJWKSet.from_dict(keys).keys
                if header.get("kid") in (None, each.key_id) and header.get("alg") in _ALGORITHMS
            )
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[header["alg"]],
                audience=self._client.client_id,
                issuer=self._client.issuer,
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, StopIteration) as fault:
            raise IdentityRefused("identity_untrusted") from fault
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise IdentityRefused("identity_untrusted")
        return claims

    def _asked(
        self, method: str, url: str, *, form: Mapping[str, str] | None = None, bearer: str = ""
    ) -> dict[str, Any]:
        """Ask the provider; only its own scheme and what its document names are ever called."""
        if urlsplit(url).scheme not in ("https", urlsplit(self._client.issuer).scheme):
            raise IdentityRefused("identity_untrusted")
        auth = (self._client.client_id, self._client.client_secret) if form is not None else None
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            answer = self._http.request(method, url, data=form, headers=headers, auth=auth)
            if answer.status_code != 200:
                raise IdentityRefused("identity_denied" if form is not None else "identity_away")
            said = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise IdentityRefused("identity_away") from fault
        if not isinstance(said, dict):
            raise IdentityRefused("identity_away")
        return said


def _methods(claims: Mapping[str, Any]) -> tuple[str, ...]:
    named = claims.get("amr")
    listed = [str(each) for each in named] if isinstance(named, list) else []
    return (*listed, *([str(claims["acr"])] if claims.get("acr") else []))


class Demonstration:
    """A register of the demonstration: a page of ours asks for name and number, and whatever is well formed counts."""

    name = "demonstration"

    def begin(self, *, redirect_uri: str) -> Begun:
        """Send the browser to our own page."""
        state = secrets.token_urlsafe(32)
        return Begun(f"{redirect_uri}?{urlencode({'state': state, 'ask': '1'})}", {"state": state})

    def complete(self, answer: Mapping[str, str], *, kept: Mapping[str, str], redirect_uri: str) -> Verified:
        """Return what was typed. Raises: IdentityRefused."""
        if not kept.get("state") or not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
            raise IdentityRefused("identity_mismatch")
        name = answer.get("name", "").strip()
        # However it is typed, wide digits or a small x, it is one person's.
        number = unicodedata.normalize("NFKC", answer.get("id_number", "")).replace(" ", "").upper()
        if not name or not number:
            raise IdentityRefused("identity_nameless")
        return Verified(f"demonstration#{hashlib.sha256(number.encode()).hexdigest()[:32]}", name, number)


class NoProvider:
    """What stands where no register is configured: it says so."""

    name = "none"

    def begin(self, *, redirect_uri: str) -> Begun:
        """Refuse. Raises: IdentityRefused `identity_missing`."""
        raise IdentityRefused("identity_missing")

    def complete(self, answer: Mapping[str, str], *, kept: Mapping[str, str], redirect_uri: str) -> Verified:
        """Refuse. Raises: IdentityRefused `identity_missing`."""
        raise IdentityRefused("identity_missing")


@lru_cache(maxsize=4)
def configured(client: Client | None, *, demonstration: bool, needs_name: bool = True) -> IdentityProvider:
    """Return the register of this installation, or the service by which its staff sign in."""
    if client is not None:
        return OpenIdConnect(client, needs_name=needs_name)
    return Demonstration() if demonstration else NoProvider()
