"""What waits for whom, in memory."""

from __future__ import annotations

from minsheng.cases.live.hub import WAITING_AT_MOST, Hub, Listener, spelled
from minsheng.cases.live.queries import Heard


def heard(number: int, kind: str = "queue", *, order: str = "", audience: str = "city", city: str = "a") -> Heard:
    """Return a signal."""
    return Heard(number, city, audience, kind, order, 1 if order else 0)


def hub(*, position: int = 0) -> Hub:
    """Return a hub that has begun."""
    found = Hub()
    found.begin(position)
    return found


def numbers(listener: Listener) -> list[int]:
    """Return the numbers of what a listener takes."""
    return [row.id for row in listener.take()]


def test_signal_goes_to_its_city_and_audience_alone() -> None:
    streams = hub()
    mine = streams.join("a", ("city", "role:auditor"), after=0)
    elsewhere = streams.join("b", ("city", "role:auditor"), after=0)
    other = streams.join("a", ("unit:城管局",), after=0)

    streams.pass_on([heard(1, "new", order="x", audience="role:auditor")])

    assert [numbers(each) for each in (mine, elsewhere, other)] == [[1], [], []]


def test_lists_are_told_once_and_what_is_loud_is_kept() -> None:
    streams = hub()
    listener = streams.join("a", ("city",), after=0)

    streams.pass_on(
        [
            heard(1),
            heard(2, "new", order="x"),
            heard(3),
            heard(4, "new", order="y"),
            heard(5, "urge", order="x"),
            heard(6),
        ]
    )

    assert [(row.id, row.kind) for row in listener.take()] == [(2, "new"), (4, "new"), (5, "urge"), (6, "queue")]


def test_quiet_signals_may_wait_and_loud_ones_press() -> None:
    streams = hub()
    listener = streams.join("a", ("city",), after=0)

    streams.pass_on([heard(1)])
    quiet = listener.pressing
    streams.pass_on([heard(2, "emergency", order="x")])

    assert (quiet, listener.pressing, listener.wake.is_set()) == (False, True, True)


def test_who_joins_hears_what_came_while_being_admitted_and_nothing_twice() -> None:
    streams = hub(position=10)
    streams.pass_on([heard(11), heard(12, "order", order="x"), heard(13, "order", order="y")])

    listener = streams.join("a", ("city",), after=12)
    streams.pass_on([heard(14, "order", order="z")])

    assert numbers(listener) == [13, 14]
    assert streams.known_to(listener) == 14


def test_who_was_admitted_from_further_on_than_this_process_hears_nothing_twice() -> None:
    streams = hub(position=10)

    listener = streams.join("a", ("city",), after=20)
    streams.pass_on([heard(11, "order", order="x"), heard(21, "order", order="y")])

    assert numbers(listener) == [21]


def test_who_does_not_read_is_told_to_read_anew() -> None:
    streams = hub()
    listener = streams.join("a", ("city",), after=0)

    streams.pass_on(heard(number, "new", order=str(number)) for number in range(1, WAITING_AT_MOST + 2))

    assert (listener.late, listener.waiting) == (True, [])


def test_numbers_that_begin_anew_are_told_to_all() -> None:
    streams = hub(position=10)
    listener = streams.join("a", ("city",), after=10)

    streams.begin(3)

    assert listener.late
    assert streams.position == 3


def test_number_of_a_beat_never_passes_what_waits() -> None:
    streams = hub()
    listener = streams.join("a", ("city",), after=0)
    streams.pass_on([heard(1), heard(2, audience="role:auditor")])

    waiting = streams.known_to(listener)
    listener.take()

    assert (waiting, streams.known_to(listener)) == (0, 2)


def test_who_left_is_forgotten() -> None:
    streams = hub()
    listener = streams.join("a", ("city",), after=0)

    streams.part(listener)
    streams.pass_on([heard(1)])

    assert (len(streams), listener.waiting) == (0, [])


def test_signal_is_spelled_as_browsers_read_it() -> None:
    assert spelled(heard(7, "new", order="x")) == b'event: new\nid: 7\ndata: {"order":"x","version":1}\n\n'
    assert spelled(heard(8)) == b"event: queue\nid: 8\ndata: {}\n\n"
