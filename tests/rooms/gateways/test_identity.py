"""OpenID Connect by the book: what is believed and what is not. Clauses: SQ-10.1, SZ-17a; A-60."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from minsheng.gateways.identity import Client, Demonstration, IdentityRefused, NoProvider, OpenIdConnect, Verified

ISSUER = "https://id.example"
BACK = "https://portal.example/return"
CLIENT = Client(ISSUER, "minsheng", "secret")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "userinfo_endpoint": f"{ISSUER}/me",
}


class Provider:
    """A provider in memory; what it says can be changed by a test."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = dict(DOCUMENT)
        self.claims: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            claims, KEY, algorithm="RS256", headers={"kid": "a"}
        )
        self.me: dict[str, Any] = {"sub": "u1", "name": "陆晓禾", "id_number": "11010519491231002X"}
        self.token_status = 200

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as a provider does."""
        match request.url.path:
            case "/.well-known/openid-configuration":
                return httpx.Response(200, json=self.document)
            case "/jwks":
                key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                return httpx.Response(200, json={"keys": [{**key, "kid": "a", "alg": "RS256", "use": "sig"}]})
            case "/token":
                body = {"access_token": "t", "id_token": self.sign(self.claims), "token_type": "Bearer"}
                return httpx.Response(self.token_status, json=body)
            case _:
                return httpx.Response(200, json=self.me)


def flow(provider: Provider, **claims: Any) -> tuple[OpenIdConnect, dict[str, str], dict[str, str]]:
    """Begin a verification; return the adapter, what is kept, and what the browser brings back."""
    adapter = OpenIdConnect(CLIENT, http=httpx.Client(transport=httpx.MockTransport(provider.answer)))
    begun = adapter.begin(redirect_uri=BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query).items()}
    now = int(time.time())
    provider.claims = {
        "iss": ISSUER, "aud": "minsheng", "sub": "u1", "iat": now, "exp": now + 300, "nonce": asked["nonce"], **claims
    }  # fmt: skip
    return adapter, dict(begun.kept), {"state": asked["state"], "code": "c"}


def test_a_person_is_who_the_register_says() -> None:
    adapter, kept, back = flow(Provider())

    who = adapter.complete(back, kept=kept, redirect_uri=BACK)

    assert who == Verified(f"{ISSUER}#u1", "陆晓禾", "11010519491231002X")


@pytest.mark.parametrize(
    ("claims", "methods"),
    [({"amr": ["pwd", "mfa"], "acr": "high"}, ("pwd", "mfa", "high")), ({"amr": "mfa"}, ()), ({}, ())],
)
def test_how_somebody_signed_in_is_what_the_signed_token_says(claims: dict[str, Any], methods: tuple[str, ...]) -> None:
    provider = Provider()
    # What the register says beside the token is not signed.
    provider.me |= {"amr": ["hwk"], "acr": "highest"}
    adapter, kept, back = flow(provider, **claims)

    assert adapter.complete(back, kept=kept, redirect_uri=BACK).methods == methods


def test_the_question_carries_state_nonce_and_a_proof_key() -> None:
    adapter, kept, _ = flow(Provider())
    begun = adapter.begin(redirect_uri=BACK)
    asked = parse_qs(urlsplit(begun.url).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert begun.kept["verifier"] not in begun.url
    assert begun.kept["state"] != kept["state"]


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, "identity_untrusted"),
        ({"aud": "another"}, "identity_untrusted"),
        ({"iss": "https://another.example"}, "identity_untrusted"),
        ({"exp": 1}, "identity_untrusted"),
        ({"sub": "another"}, "identity_untrusted"),
    ],
)
def test_a_token_that_is_not_for_us_is_not_believed(claims: dict[str, Any], code: str) -> None:
    adapter, kept, back = flow(Provider(), **claims)

    with pytest.raises(IdentityRefused) as refused:
        adapter.complete(back, kept=kept, redirect_uri=BACK)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode(claims, None, algorithm="none"),
        lambda claims: jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "a"}),
        lambda claims: jwt.encode(claims, "s" * 32, algorithm="HS256", headers={"kid": "a"}),
        lambda claims: "no token",
    ],
)
def test_a_signature_that_does_not_hold_is_not_believed(sign: Callable[[dict[str, Any]], str]) -> None:
    provider = Provider()
    adapter, kept, back = flow(provider)
    provider.sign = sign

    with pytest.raises(IdentityRefused, match="identity_untrusted"):
        adapter.complete(back, kept=kept, redirect_uri=BACK)


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ({"state": "another", "code": "c"}, "identity_mismatch"),
        ({"code": "c"}, "identity_mismatch"),
        ({"error": "access_denied"}, "identity_denied"),
        ({"iss": "https://another.example"}, "identity_mismatch"),
    ],
)
def test_an_answer_that_is_not_to_our_question_is_refused(back: dict[str, str], code: str) -> None:
    adapter, kept, good = flow(Provider())
    given = back if "state" in back or "code" in back else {**good, **back}
    if "error" in back:
        given = {"state": good["state"], **back}

    with pytest.raises(IdentityRefused) as refused:
        adapter.complete(given, kept=kept, redirect_uri=BACK)

    assert refused.value.code == code


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_no_register() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    away = OpenIdConnect(CLIENT, http=httpx.Client(transport=httpx.MockTransport(broken)))
    other = Provider()
    other.document["issuer"] = "https://another.example"
    renamed = OpenIdConnect(CLIENT, http=httpx.Client(transport=httpx.MockTransport(other.answer)))

    with pytest.raises(IdentityRefused, match="identity_away"):
        away.begin(redirect_uri=BACK)
    with pytest.raises(IdentityRefused, match="identity_untrusted"):
        renamed.begin(redirect_uri=BACK)


def test_a_register_that_gives_no_name_confirms_nobody() -> None:
    provider = Provider()
    provider.me = {"sub": "u1"}
    adapter, kept, back = flow(provider)

    with pytest.raises(IdentityRefused, match="identity_nameless"):
        adapter.complete(back, kept=kept, redirect_uri=BACK)


def test_where_no_register_is_configured_it_is_said() -> None:
    with pytest.raises(IdentityRefused, match="identity_missing"):
        NoProvider().begin(redirect_uri=BACK)


def test_the_demonstrations_register_wants_name_number_and_its_own_state() -> None:
    register = Demonstration()
    begun = register.begin(redirect_uri=BACK)
    state = begun.kept["state"]

    who = register.complete({"state": state, "name": "演示人", "id_number": "1"}, kept=begun.kept, redirect_uri=BACK)

    assert who.name == "演示人"
    with pytest.raises(IdentityRefused, match="identity_mismatch"):
        register.complete({"state": "x", "name": "演示人", "id_number": "1"}, kept=begun.kept, redirect_uri=BACK)


@pytest.mark.parametrize(
    "typed",
    ["32010019900101123X", " 32010019900101123x ", "３２０１００１９９００１０１１２３Ｘ", "320100 19900101 123x"],
)
def test_one_number_is_one_person_however_it_is_typed(typed: str) -> None:
    register = Demonstration()
    begun = register.begin(redirect_uri=BACK)

    def who(number: str) -> str:
        """Return the register's name for whoever gives this number."""
        answer = {"state": begun.kept["state"], "name": "演示人", "id_number": number}
        return register.complete(answer, kept=begun.kept, redirect_uri=BACK).subject

    assert who(typed) == who("32010019900101123X")
