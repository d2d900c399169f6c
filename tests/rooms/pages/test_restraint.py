"""A confidential appeal stays so in its parts and where it is joined; what older programs lost is repaired.

Clauses: JY-8d, JY-13.3, JY-9.8.1.
"""

from __future__ import annotations

import dataclasses

import pytest
from tests.secrets_ground import NAME, filed
from tests.town_ground import Town, row
from tests.visiting_ground import Citizen

from minsheng.app.cli import main
from minsheng.cases.orders import actions
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import restraint
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Order

UNITS = ("城管局", "住建局")


def reads_name(town: Town, order: str, unit: str) -> bool:
    """Tell whether a unit's officer gets at the name, masked or by asking for it."""
    client = town.desk(f"officer@{unit}")
    asked = client.post(
        f"/orders/{order}/identity", {"reason": "联系诉求人核实地点", "fields_wanted": ["name", "phone"]}
    )
    shown = client.get(f"/orders/{order}/").content.decode()
    return NAME in asked.content.decode() or "陆**" in shown


def split_as_before(town: Town, whole: str) -> list[str]:
    """Dispatch in parallel as older programs did, whose parts know nothing of confidentiality; return the parts."""
    rules = policies.rules_for(town.code, now=town.now)
    form = cmd.Dispatch(units=UNITS, parallel=True, basis="权责清单")
    locked = queries.lock([whole])
    facts = queries.facts_for(locked[whole].order, form, city=town.code, now=town.now, others=locked)
    decision = decide(locked[whole].order, form, by=town.actor("dispatcher"), rules=rules, facts=facts, now=town.now)
    old = [
        dataclasses.replace(fact, event=dataclasses.replace(fact.event, confidential=False))
        if isinstance(fact.event, ev.Registered)
        else fact
        for fact in decision.facts
        if not isinstance(fact.event, ev.Restrained)
    ]
    orders = {whole: locked[whole].order}
    for fact in old:
        orders[fact.stream] = evolve(orders.get(fact.stream, Order(fact.stream)), fact)
    keeper = actions._Keeper(locked, rules, town.now)
    keeper.keep(dataclasses.replace(decision, facts=tuple(old), orders=orders))
    return sorted(each for each in orders if each != whole)


def test_neither_unit_learns_who_it_is_through_a_part_of_a_confidential_whole(town: Town) -> None:
    whole = filed(town, confidential=True)
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")

    for part in queries.parts_of([whole]):
        unit = row(part).lead
        town.act(part, f"officer@{unit}", "sign")
        assert not reads_name(town, part, unit)


def test_a_part_of_a_part_has_the_words_and_the_restraint_of_the_whole(town: Town) -> None:
    whole = filed(town, confidential=True, content="路灯不亮，夜里行人摔倒")
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    part = queries.parts_of([whole])[0]
    town.act(
        part, f"officer@{row(part).lead}", "request_return", reason="不属本单位", basis="权责清单", suggest="住建局"
    )
    town.act(part, "dispatcher", "accept_return", reason="属实")
    town.act(part, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")

    for each in queries.parts_of([part]):
        assert (
            "路灯不亮，夜里行人摔倒" in town.desk(f"officer@{row(each).lead}").get(f"/orders/{each}/").content.decode()
        )
        assert not reads_name(town, each, row(each).lead)


def test_a_confidential_appeal_stays_so_in_the_order_and_the_parts_that_it_is_joined_to(town: Town) -> None:
    whole = filed(town)
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    parts = queries.parts_of([whole])
    joined = filed(town, confidential=True, publish="no", target_unit="城管局")

    town.act(joined, "dispatcher", "link", to=whole)

    for part in parts:
        assert not reads_name(town, part, row(part).lead)
        state = queries.state_of(row(part))
        assert (state.confidential, state.is_private, state.about) == (True, True, ("城管局",))
        assert state.publish == "yes"


def test_a_confidential_appeal_that_is_joined_to_a_part_stays_so_in_the_whole_and_all_its_parts(town: Town) -> None:
    whole = filed(town)
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    parts = queries.parts_of([whole])
    joined = filed(town, confidential=True, publish="no", target_unit="城管局")

    town.act(joined, "dispatcher", "link", to=parts[0])

    for each in (whole, *parts):
        state = queries.state_of(row(each))
        assert (state.confidential, state.is_private, state.about) == (True, True, ("城管局",))
    assert not any(reads_name(town, part, row(part).lead) for part in parts)


def test_who_was_joined_to_a_part_is_covered_in_the_whole_and_all_its_parts(town: Town) -> None:
    whole = filed(town, content="葛然也来说过")
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    parts = queries.parts_of([whole])
    citizen = Citizen(town.code)
    contact = {"appellant": "citizen", "name": "葛然", "phone": "13000000003"}
    joined = citizen.file(contact=contact)
    town.act(joined.id, "seat", "submit")

    town.act(joined.id, "dispatcher", "link", to=parts[0])

    for each in (whole, *parts):
        shown = town.desk("dispatcher").get(f"/orders/{each}/").content.decode()
        assert "也来说过" in shown
        assert "葛然" not in shown


def test_the_no_of_a_joined_citizen_reaches_the_order_that_goes_on_and_its_parts_over_every_step(town: Town) -> None:
    whole = filed(town)
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    parts = queries.parts_of([whole])
    between, first = filed(town), filed(town)
    town.act(first, "dispatcher", "link", to=between)
    town.act(between, "dispatcher", "link", to=parts[0])

    town.act(first, "citizen", "set_publish", publish="no")
    town.act(first, "citizen", "set_publish", publish="yes")

    for each in (between, whole, *parts):
        state = queries.state_of(row(each))
        assert (state.publish, state.is_private) == ("yes", True)


def test_what_was_joined_to_an_order_is_sealed_with_it_as_a_secret(town: Town) -> None:
    secret = filed(town, submit=False)
    between, first = filed(town, content="某部营区图纸丢失"), filed(town)
    town.act(first, "dispatcher", "link", to=between)
    town.act(between, "dispatcher", "link", to=secret)
    assert "某部营区图纸丢失" in town.desk("supervisor").get(f"/orders/{between}/").content.decode()

    town.act(secret, "seat", "reject", code="R3", explanation="属于国家秘密")

    for each in (secret, between, first):
        assert row(each).is_sealed
    assert "某部营区图纸丢失" not in town.desk("supervisor").get(f"/orders/{between}/").content.decode()
    assert verification.verify().fault is None
    assert actions.rebuild(check=True)[1] == 0


def test_the_repair_gives_old_parts_their_restraint_says_so_and_does_nothing_twice(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = filed(town, confidential=True)
    parts = split_as_before(town, whole)
    assert all(reads_name(town, part, row(part).lead) for part in parts)

    assert main.main(["repair", "restraint"]) == 0

    said = capsys.readouterr().out
    assert f"{row(parts[0]).number}：由 {row(whole).number} 补上保密" in said
    assert "核对了 2 件，补正 2 件" in said
    assert not any(reads_name(town, part, row(part).lead) for part in parts)
    assert [ledger.history(f"order/{part}")[-1].type for part in parts] == ["Restrained"] * 2
    assert verification.verify().fault is None
    assert actions.rebuild(check=True)[1] == 0
    shown = town.desk("supervisor").get(f"/orders/{parts[0]}/").content.decode()
    assert "承接关联工单的保护要求" in shown

    assert main.main(["repair", "restraint"]) == 0
    assert "核对了 2 件，补正 0 件" in capsys.readouterr().out


def test_the_repair_follows_an_appeal_that_was_joined_to_a_part_into_the_whole_and_its_parts(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = filed(town)
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    parts = queries.parts_of([whole])
    joined = filed(town)
    town.act(joined, "dispatcher", "link", to=parts[0])
    actions.restrain(joined, source=filed(town, confidential=True), now=town.now)

    assert main.main(["repair", "restraint"]) == 0

    assert "补正 3 件" in capsys.readouterr().out
    assert all(queries.state_of(row(each)).confidential for each in (whole, *parts))


def test_the_repair_follows_a_joined_appeal_into_the_order_and_its_parts(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = filed(town)
    town.act(whole, "dispatcher", "dispatch", units=UNITS, parallel=True, basis="权责清单")
    joined = filed(town)
    town.act(joined, "dispatcher", "link", to=whole)
    # A confidential one that a program of before joined would stand so: restrained itself, its target not.
    actions.restrain(joined, source=filed(town, confidential=True), now=town.now)

    assert main.main(["repair", "restraint"]) == 0

    assert "补正 3 件" in capsys.readouterr().out
    assert not any(reads_name(town, part, row(part).lead) for part in queries.parts_of([whole]))


@pytest.mark.clause("JY-6.3")
def test_the_repair_seals_what_older_programs_joined_to_a_secret_and_restrains_it_by_nothing_else(
    town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = filed(town, confidential=True, submit=False)
    between, first = filed(town, content="某部营区图纸丢失"), filed(town)
    town.act(first, "dispatcher", "link", to=between)
    town.act(between, "dispatcher", "link", to=secret)
    with monkeypatch.context() as before:
        before.setattr(restraint, "seal", lambda case: None)
        town.act(secret, "seat", "reject", code="R3", explanation="属于国家秘密")
    assert [row(each).is_sealed for each in (secret, between, first)] == [True, False, False]

    assert main.main(["repair", "restraint"]) == 0

    said = capsys.readouterr().out
    assert f"{row(between).number}：由 {row(secret).number} 补上涉密封存" in said
    assert f"{row(first).number}：由 {row(secret).number} 补上涉密封存" in said
    assert [row(each).is_sealed for each in (between, first)] == [True, True]
    assert not any(queries.state_of(row(each)).confidential for each in (between, first))
    assert "某部营区图纸丢失" not in town.desk("supervisor").get(f"/orders/{between}/").content.decode()
    assert actions.rebuild(check=True)[1] == 0
    assert main.main(["repair", "restraint"]) == 0
    assert "补正 0 件" in capsys.readouterr().out
