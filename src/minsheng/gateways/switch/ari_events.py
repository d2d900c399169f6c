"""What an Asterisk tells, in the words of the port; and what is remembered of its channels, plays and recordings.

Source: the events of Asterisk's REST interface, as 16.28 and 22.10 send them to who is subscribed to all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import PurePath
from typing import Any, Final

from minsheng.gateways.switch import port
from minsheng.gateways.switch.port import CallState, SwitchEvent, Who

IN, OUT = "in", "out"
_HUNG_UP: Final = "hung_up"
# Causes of Q.850, as Asterisk makes them of SIP.
_CAUSES: Final = {
    16: _HUNG_UP, 17: "busy", 18: "no_answer", 19: "no_answer", 20: "unregistered", 21: "rejected", 1: "rejected",
    26: "hung_up",
}  # fmt: skip
_REACHABLE: Final = {"Reachable": True, "NonQualified": True, "Created": True, "Unreachable": False, "Removed": False}
_REMEMBERED: Final = 200

Told = Mapping[str, Any]


@dataclass(slots=True)
class Channel:
    """A channel of the application."""

    inbound: bool
    answered: bool = False
    rang: bool = False
    ani: str = ""
    dnis: str = ""

    @staticmethod
    def of(told: Told) -> Channel:
        """Return what a snapshot says of a channel."""
        args = _data(told)
        is_in = args[1:2] == [IN]
        answered = told["state"] == "Up"
        return Channel(is_in, answered, answered, told["caller"]["number"] if is_in else "", args[2] if is_in else "")


class Known:
    """What lives in an application, as far as its events say. `app`: its name; `trunk`: no phone."""

    def __init__(self, *, app: str, trunk: str) -> None:
        self._app, self._trunk = app, trunk
        self._numbers = count(1)
        self._plays: dict[str, tuple[str, str]] = {}
        self._phones: dict[str, bool] = {}
        self._finished: deque[str] = deque(maxlen=_REMEMBERED)
        self.live: dict[str, Channel] = {}
        self.ours: set[str] = set()
        self.recordings: dict[str, str] = {}

    def told(self, event: Told) -> Iterator[SwitchEvent]:
        """Give what an event means; most mean nothing."""
        if (meant := _MEANT.get(event["type"])) is not None:
            yield from meant(self, event)

    # what commands say

    def originated(self, call: str) -> None:
        """Know a phone that is called."""
        self.live.setdefault(call, Channel(False))

    def begins(self, call: str, prompt: str) -> str:
        """Return the id of a play that begins."""
        id = f"{call}/play/{next(self._numbers)}"
        self._plays[call] = (id, prompt)
        return id

    def playing(self, call: str) -> str:
        """Return the prompt that is played, empty for none."""
        return self._plays.get(call, ("", ""))[1]

    def stops(self, call: str) -> str:
        """Return the id of the play that is stopped, empty for none."""
        return self._plays.pop(call, ("", ""))[0]

    def recorded_in(self, bridge: str) -> list[str]:
        """Return the recordings of a bridge."""
        return [each for each, of in self.recordings.items() if of == bridge]

    # what a snapshot says

    def is_mine(self, told: Told) -> bool:
        """Tell whether a channel is a call of this application: not one that listens, nor the fallback's."""
        return told["id"] in self.live or (_data(told)[:1] == [self._app] and _data(told)[1:2] in ([IN], [OUT]))

    def adopt(self, channels: Mapping[str, Told]) -> None:
        """Know these channels, as they are now, and no other."""
        self.live = {id: self.live.get(id) or Channel.of(each) for id, each in channels.items()}
        for id, each in channels.items():
            self.live[id].answered = each["state"] == "Up"

    def state(self, call: str) -> CallState:
        """Return a call as it is known."""
        found = self.live[call]
        return CallState(call, found.inbound, found.answered, found.ani, found.dnis)

    # what events mean

    def _started(self, event: Told) -> Iterator[SwitchEvent]:
        id, args = event["channel"]["id"], event["args"]
        if args[:1] == [IN] and id not in self.live:
            ani = event["channel"]["caller"]["number"]
            self.live[id] = Channel(True, ani=ani, dnis=args[1])
            yield port.CallArrived(id, ani, args[1], args[2] if len(args) > 2 else "")
        elif args[:1] == [OUT]:
            self.originated(id)
            self.live[id].answered = True
            yield port.CallAnswered(id)

    def _state(self, event: Told) -> Iterator[SwitchEvent]:
        yield from self._rings(event["channel"]["id"], event["channel"]["state"])
        if (found := self.live.get(event["channel"]["id"])) is not None and found.inbound:
            found.answered = event["channel"]["state"] == "Up"

    def _dialed(self, event: Told) -> Iterator[SwitchEvent]:
        if event["dialstatus"] == "RINGING":
            yield from self._rings(event["peer"]["id"], "Ringing")

    def _rings(self, id: str, state: str) -> Iterator[SwitchEvent]:
        found = self.live.get(id)
        if found is not None and not found.inbound and not found.rang and state == "Ringing":
            found.rang = True
            yield port.CallProgress(id)

    def _ended(self, event: Told) -> Iterator[SwitchEvent]:
        id = event["channel"]["id"]
        found = self.live.pop(id, None)
        self._plays.pop(id, None)
        if found is None:
            return
        cause = _CAUSES.get(event["cause"], _HUNG_UP if found.answered else "no_answer")
        who: Who = "caller" if found.inbound else "switch" if cause == "no_answer" else "callee"
        if id in self.ours:
            self.ours.discard(id)
            cause, who = _HUNG_UP, "us"
        yield port.CallEnded(id, cause, who)

    def _digit(self, event: Told) -> Iterator[SwitchEvent]:
        if event["channel"]["id"] in self.live:
            yield port.Digit(event["channel"]["id"], event["digit"])

    def _played(self, event: Told) -> Iterator[SwitchEvent]:
        play = event["playback"]
        call = next((call for call, (id, _) in self._plays.items() if id == play["id"]), None)
        if call is not None:
            _, prompt = self._plays.pop(call)
            yield port.PlayFinished(call, prompt, failed=play["state"] == "failed")

    def _recorded(self, event: Told) -> Iterator[SwitchEvent]:
        told = event["recording"]
        name = told["name"]
        # Told to the application and to who is subscribed to all: twice.
        if self.recordings.pop(name, None) is None and name in self._finished:
            return
        self._finished.append(name)
        failed = event["type"] == "RecordingFailed"
        file = "" if failed else f"{PurePath(name).name}.{told['format']}"
        yield port.RecordingFinished(name, file, float(told.get("duration", 0)))

    def _held(self, event: Told) -> Iterator[SwitchEvent]:
        id = event["channel"]["id"]
        if id in self.live:
            yield port.PhoneHold(id) if event["type"] == "ChannelHold" else port.PhoneUnhold(id)

    def _contact(self, event: Told) -> Iterator[SwitchEvent]:
        phone = event["endpoint"]["resource"]
        told = event.get("contact_info", event.get("peer", {}))
        reachable = _REACHABLE.get(told.get("contact_status", told.get("peer_status", "")))
        if phone != self._trunk and reachable is not None and self._phones.get(phone, False) != reachable:
            self._phones[phone] = reachable
            yield port.EndpointState(phone, reachable)


_MEANT: Final[Mapping[str, Callable[[Known, Told], Iterator[SwitchEvent]]]] = {
    "StasisStart": Known._started, "ChannelStateChange": Known._state, "Dial": Known._dialed,
    "ChannelDestroyed": Known._ended, "ChannelDtmfReceived": Known._digit, "PlaybackFinished": Known._played,
    "RecordingFinished": Known._recorded, "RecordingFailed": Known._recorded, "ChannelHold": Known._held,
    "ChannelUnhold": Known._held, "ContactStatusChange": Known._contact, "PeerStatusChange": Known._contact,
}  # fmt: skip


def _data(told: Told) -> list[str]:
    """Return the words with which a channel came into an application; none where it is in the dialplan."""
    plan = told.get("dialplan", {})
    return str(plan.get("app_data", "")).split(",") if plan.get("app_name") == "Stasis" else []
