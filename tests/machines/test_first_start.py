"""`serve --demo` from nothing to a queue, stopped and started again: what `make run` does."""

from __future__ import annotations

import re

import httpx
import psycopg
from tests.program_ground import Program, program

from minsheng.app.demo import cities


def _desk(running: Program, username: str) -> str:
    """Return the page that somebody sees after signing in."""
    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", follow_redirects=True) as http:
        page = http.get("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        answer = http.post(
            page.url,
            data={"csrfmiddlewaretoken": token[1], "username": username, "password": cities.PASSWORD},
            headers={"Referer": str(page.url)},
        )
    assert answer.status_code == 200
    return answer.text


def _orders(running: Program) -> int:
    with psycopg.connect(running.urls.owner) as connection:
        row = connection.execute("SELECT count(*) FROM orders_order").fetchone()
    assert row is not None
    return int(row[0])


def test_first_start_fills_and_the_second_keeps_the_data() -> None:
    with program("--demo", is_first=True) as running:
        running.start()
        first = _orders(running)
        desk = _desk(running, "sz_dispatcher")
        said = running.said()

        running.stop()
        running.start()

        assert first > 400
        assert "待交办" in desk
        assert re.search(r"/orders/[0-9a-f-]{36}", desk) is not None
        assert cities.PASSWORD in said
        assert all(f"{city.prefix}_dispatcher" in said for city in cities.CITIES)
        assert _orders(running) == first
        assert "已有演示数据" in running.said()
        assert "待签收" in _desk(running, "jy_urban_officer")
