"""Who may see what of whom. Clauses: JY-8d, JY-12, SZ-26."""

from __future__ import annotations

from itertools import product

import pytest

from minsheng.core.people import models as people_models
from minsheng.core.people.permissions import (
    IDENTITY,
    RevealRefused,
    Sight,
    Situation,
    may_reveal,
    sees_orders,
    sees_referral,
)
from minsheng.core.people.permissions import sight as sight_of
from minsheng.domain.actors import ROLES, Actor


class TestIdentityMatrix:
    def test_every_role_has_its_line(self) -> None:
        assert set(IDENTITY) == set(ROLES) == set(people_models.ROLES)

    def test_the_target_never_sees_anything(self) -> None:
        for role, internal, party, draft, call in product(ROLES, *[(False, True)] * 4):
            situation = Situation(is_target=True, is_internal=internal, is_party=party, is_draft=draft, call_due=call)

            assert sight_of(Actor(role, "城管局"), situation) is Sight.NEVER
            with pytest.raises(RevealRefused, match="reveal_target_never"):
                may_reveal(Actor(role, "城管局"), situation, reason="核实情况")

    @pytest.mark.parametrize(
        ("role", "situation", "allowed"),
        [
            ("seat", Situation(is_draft=True), True),
            ("seat", Situation(), False),  # the intake is over
            ("callback_agent", Situation(call_due=True), True),
            ("callback_agent", Situation(), False),
            ("supervisor", Situation(), True),
            ("duty_leader", Situation(), True),
            ("officer", Situation(is_party=True), True),
            ("officer", Situation(), False),  # another unit
            ("leader", Situation(is_party=True), False),  # masked
            ("head", Situation(is_party=True), False),
            ("dispatcher", Situation(), False),
            ("auditor", Situation(), False),
            ("joint_meeting", Situation(), False),
            ("command", Situation(), False),
            ("connector", Situation(), False),
            ("admin", Situation(), False),
            ("forum_admin", Situation(), False),
            ("discipline", Situation(), False),
            ("discipline", Situation(is_internal=True, is_party=True), True),
            ("designated_officer", Situation(is_internal=True), True),
            ("supervisor", Situation(is_internal=True), False),  # JY-12
            ("officer", Situation(is_internal=True, is_party=True), False),
            ("callback_agent", Situation(is_internal=True, call_due=True), False),
        ],
    )
    def test_who_may_reveal(self, role: str, situation: Situation, allowed: bool) -> None:
        if allowed:
            may_reveal(Actor(role, "城管局"), situation, reason="核实情况")
            with pytest.raises(RevealRefused, match="reveal_reason_missing"):
                may_reveal(Actor(role, "城管局"), situation, reason=" ")
        else:
            with pytest.raises(RevealRefused):
                may_reveal(Actor(role, "城管局"), situation, reason="核实情况")

    def test_only_those_in_a_referral_know_of_it(self) -> None:
        knowing = {role for role in ROLES if sees_referral(Actor(role), is_party=False, is_target=False)}

        assert knowing == {"designated_officer", "discipline"}
        assert sees_referral(Actor("officer", "教育局"), is_party=True, is_target=False)
        assert not sees_referral(Actor("officer", "教育局"), is_party=True, is_target=True)

    def test_administrators_see_no_orders(self) -> None:
        assert {role for role in ROLES if not sees_orders(role)} == {
            "admin",
            "security_admin",
            "audit_admin",
            "forum_admin",
            "mystery_caller",
            "overseer",
        }
