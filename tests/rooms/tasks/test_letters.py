"""Real letters through their whole life under each pack; collected only where `MINSHENG_SHARED` names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from bench import letters

from minsheng.cases.orders import actions
from minsheng.core.ledger import verification

MESSAGES = letters.folder()
A_PACK = 100

if MESSAGES is not None:

    @pytest.mark.django_db
    @pytest.mark.parametrize("pack", letters.PACKS)
    def test_real_letters_are_closed_in_time_under_each_pack(pack: str, test_clock: Callable[[datetime], None]) -> None:
        """Take every 80th letter, so that all files and all their quirks have their share."""
        place = letters.PACKS.index(pack)

        life = letters.live(pack, messages=MESSAGES, set_clock=test_clock, share=(place, 80), most=A_PACK)

        assert life.refused == []
        assert life.letters == A_PACK
        assert life.closed == life.letters - life.known
        assert life.breaches == 0
        assert verification.verify().fault is None
        assert actions.rebuild(check=True)[1] == 0
