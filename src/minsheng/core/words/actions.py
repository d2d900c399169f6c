"""Keeping the words of facts: sealed in a row of their own; the fact that the ledger takes has a digest of each."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from minsheng.core.people import vault
from minsheng.core.words.digests import SALT, digest, spoken
from minsheng.core.words.models import Said
from minsheng.domain.facts import Fact
from minsheng.gateways import ids


def keep(stream: str, facts: Sequence[Fact], version: int) -> Sequence[Fact]:
    """Keep the words of facts that come behind a version; return the facts as the ledger takes them."""
    return [_kept(stream, fact, place) for place, fact in enumerate(facts, start=version + 1)]


def _kept(stream: str, fact: Fact, version: int) -> Fact:
    said = spoken(fact.event)
    if not said:
        return fact
    salt, id = secrets.token_hex(16), ids.uuid7(fact.at)
    sealed = vault.encrypt(msgspec.json.encode({**said, SALT: salt}).decode(), owner=f"words/{id}", field="text")
    Said.objects.create(id=id, stream=stream, version=version, text_enc=sealed)
    return replace(fact, event=replace(fact.event, **{name: digest(text, salt=salt) for name, text in said.items()}))
