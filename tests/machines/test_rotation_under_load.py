"""The vault's key is changed while registrations come in: each acknowledged one is there, and whose it is opens."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading

import psycopg
import pytest
from tests.load_ground import Load, client_of_a_city, command
from tests.program_ground import Program, program

from minsheng.gateways import processes

pytestmark = pytest.mark.slow

OLD, NEW = (base64.b64encode(bytes(range(first, first + 32))).decode() for first in (40, 41))
PATIENCE = 120.0
# What the vault has of each appellant, and with which key.
OPENED = """
import json
from minsheng.app.cli import installation
with installation.opened():
    from minsheng.core.people import queries
    from minsheng.core.people.models import Appellant
    read = [queries.opened(row) for row in Appellant.objects.order_by("created_at")]
    print(json.dumps([[identity.name, identity.phone] for identity, broken in read if not broken]))
"""


def again(running: Program, **keys: str) -> None:
    """Start the program anew with other keys, as the operations guide says."""
    running.stop()
    running.rekey(keys)
    running.start()


def test_key_is_changed_under_load_and_nothing_is_lost() -> None:
    with program(MINSHENG_VAULT_KEY=OLD) as running:
        running.start()
        load = Load(f"http://127.0.0.1:{running.port}", client_of_a_city(running), 1_000_000, pause=0.2)
        load.telephone = 13_900_000_000
        callers = load.start()
        try:
            _reach(load, 40, running)
            again(running, MINSHENG_VAULT_KEY=NEW, MINSHENG_VAULT_OLD_KEYS=OLD)
            _reach(load, len(load.acknowledged) + 40, running)
            rotated = command(running, "keys", "rotate")
            _reach(load, len(load.acknowledged) + 20, running)
            with psycopg.connect(running.urls.owner) as connection:
                # Three days have gone by: drafts under the old key are gone, too.
                connection.execute("update people_vaultkey set first_seen = first_seen - interval '73 hours'")
            ended = command(running, "keys", "rotate")
            again(running, MINSHENG_VAULT_KEY=NEW, MINSHENG_VAULT_OLD_KEYS="")
            _reach(load, len(load.acknowledged) + 20, running)
            load.finish()
            done = processes.wait_until(lambda: not any(map(threading.Thread.is_alive, callers)), seconds=PATIENCE)
        finally:
            load.stop()

        assert done, running.said()
        assert (rotated.returncode, ended.returncode) == (0, 0), rotated.stderr + ended.stderr
        assert "已不再使用" in ended.stdout
        assert load.odd == []
        assert load.retries > 0, "nobody noticed the new start"
        _is_whole(running, load)


def _reach(load: Load, count: int, running: Program) -> None:
    reached = processes.wait_until(lambda: len(load.acknowledged) >= count, seconds=PATIENCE)
    assert reached, f"{len(load.acknowledged)} acknowledged, {load.odd[:3]}; {running.said()}"


def _is_whole(running: Program, load: Load) -> None:
    """Hold that each acknowledged registration is there once, and that the new key alone opens whose it is."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(running.urls.owner) as connection:
        for title, order in connection.execute("SELECT title, id FROM orders_order WHERE city_id = 'faults'"):
            found.setdefault(title, []).append(order)
        keys = connection.execute("SELECT DISTINCT key_id FROM people_appellant").fetchall()
    assert found == {f"路灯{number}": ids for number, ids in load.acknowledged.items()}
    assert len(keys) == 1, keys
    call = [sys.executable, "-c", OPENED]
    read = subprocess.run(call, env=running.environment(), capture_output=True, text=True, check=False, timeout=300)
    assert read.returncode == 0, read.stderr
    first = load.telephone or 0
    wanted = {(f"陆{number}", str(first + number)) for number in load.acknowledged}
    assert {(name, phone) for name, phone in json.loads(read.stdout)} == wanted
    verified = command(running, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(
        f"{len(found)} acknowledged, 0 lost, {load.retries} tried again; every identity opens under the new key alone"
    )
