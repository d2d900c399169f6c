"""What is done after the answer to a platform: codes to telephones, pictures, words; and what is forgotten."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.incoming.values import Brought
from minsheng.core.files import places
from minsheng.core.messages.platforms import Keeper
from minsheng.domain.rejected import Rejected
from minsheng.gateways import carriers, clock
from minsheng.gateways.antivirus import ScannerAway
from minsheng.gateways.sms import SmsRefused
from minsheng.gateways.wechat import carrier, file
from minsheng.gateways.wechat.api import Api
from minsheng.gateways.wechat.values import Account, WechatAway
from minsheng.public.citizens import codes
from minsheng.public.portal import filings
from minsheng.public.portal.filings import Kept
from minsheng.public.talks import actions, errands, persons, states
from minsheng.public.talks.errands import Wanted
from minsheng.public.talks.models import Taken

# They bring a message again for seconds; a signature is good for ten minutes.
_KEPT_FOR: Final = timedelta(days=3)


def run(now: datetime) -> None:
    """Do what waits."""
    with translation.override(settings.LANGUAGE_CODE):
        errands.run(lambda wanted: _do(wanted, now), now=now)


def forget(now: datetime) -> None:
    """Forget talks that went silent, and what was taken long ago."""
    states.forget(now=now)
    Taken.objects.filter(at__lt=now - _KEPT_FOR).delete()
    errands.forget(now=now)


def _do(wanted: Wanted, now: datetime) -> None:
    account = file.named(Path(settings.WECHAT_FILE) if settings.WECHAT_FILE else None, wanted.account)
    if account is None:
        raise WechatAway("no account")
    match wanted.kind:
        case errands.SAY:
            _say(account, wanted)
        case errands.CODE:
            _code(account, wanted, now)
        case _:
            _media(account, wanted, now)


def _api(account: Account) -> Api:
    return Api(account, carrier.http(), Keeper(clock.now))


def _say(account: Account, wanted: Wanted) -> None:
    try:
        _api(account).answer(wanted.values["person"], wanted.values["words"])
    except SmsRefused:
        # Out of reach here; nothing that must be told goes this way.
        return


def _code(account: Account, wanted: Wanted, now: datetime) -> None:
    sms = carriers.text_messages(demonstration=settings.DEMO or settings.DEBUG, file=settings.SMS_FILE)
    person = wanted.values["person"]
    try:
        code = codes.send(
            wanted.values["phone"], city=account.city, address=f"{account.kind} {account.address(person)}", sms=sms,
            now=now,
        )  # fmt: skip
    except Rejected as rejected:
        errands.say(account, person, wording.say(rejected), now=now)
        return
    if sms.shows:
        errands.say(account, person, _("演示环境不发短信，验证码是 {code}。").format(code=code), now=now)


def _media(account: Account, wanted: Wanted, now: datetime) -> None:
    """Fetch a picture or a recording, and let it go where its message belongs."""
    values, person = wanted.values, persons.known(account, wanted.values["person"])
    most = places.limits()
    try:
        content = _api(account).media(values["media"], most=max(most.file, most.video))
    except (SmsRefused, WechatAway) as fault:
        if isinstance(fault, WechatAway) and not wanted.is_last:
            raise
        _taken(person, wanted, (), _("（发来的{name}没有取到）").format(name=values["name"]), now)
        errands.say(account, person.name, _("您发的附件没有收到，请再发一次，或到网页提交。"), now=now)
        return
    kept = filings.kept(UUID(values["draft"]), city=account.city, now=now) if values["draft"] else None
    if kept is not None and not kept.order:
        _add(person, kept, values["name"], content, now)
        return
    order = kept.order if kept is not None else ""
    _taken(person, wanted, (Brought(values["name"], content),), "", now, order=order)


def _add(person: persons.Person, draft: Kept, name: str, content: bytes, now: datetime) -> None:
    """Put a file into the draft of what is being filed."""
    # Several pictures of one appeal have names of their own.
    name = f"{name}{len(filings.files(draft.id)) + 1}"
    visitor = person.visitor(now=now)
    try:
        filings.add_file(draft.id, io.BytesIO(content), name=name, visitor=visitor, scanner=places.scanner())
    except ScannerAway:
        raise
    except Rejected as rejected:
        # The same once more: sent twice, or fetched again after whoever fetched it died.
        if rejected.code != "file_twice":
            errands.say(person.account, person.name, wording.say(rejected), now=now)


def _taken(
    person: persons.Person, wanted: Wanted, files: tuple[Brought, ...], note: str, now: datetime, *, order: str = ""
) -> None:
    text = f"{wanted.values['text']}{note}" or f"（{wanted.values['name']}）"
    words = actions.arrived(person, id=wanted.values["id"], text=text, files=files, now=now, order=order)
    if words and person.citizen is not None:
        errands.say(person.account, person.name, words, now=now)
