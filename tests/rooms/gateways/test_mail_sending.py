"""Mails as they are built, and handed over to servers that are as odd as servers are."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.certificates_ground import certified
from tests.mail_ground import BOX, DOMAIN, ID, KEY, OURS
from tests.smtp_ground import Handler, serving

from minsheng.gateways.mail import lines, reading, sending, tags
from minsheng.gateways.mail.lines import Line
from minsheng.gateways.mail.sending import ACKNOWLEDGMENT, NEWS, MailAway, MailRefused, Outgoing

NOW = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
TEXT = "您反映的问题已办结。\n\n请评价：https://hotline.example.com/r/1?a=1&b=2。\n谢谢 <b>&"
TO = "lin@example.com"


def outgoing(**more: Any) -> Outgoing:
    return Outgoing(**{"id": ID, "to": TO, "subject": "【12345】办理进展", "text": TEXT, **more})


def sent(mail: Outgoing, line: Line) -> None:
    message = sending.built(mail, sender=BOX, name="12345热线", ours=OURS, now=NOW)
    sending.hand_over(message, to=mail.to, path=sending.return_path(mail, ours=OURS), line=line, domain=DOMAIN)


def in_clear(port: int) -> Line:
    return Line(host="127.0.0.1", port=port, secrecy=lines.NONE)


def test_a_mail_arrives_with_its_text_its_id_and_the_way_back() -> None:
    handler = Handler()
    with serving(handler) as port:
        sent(outgoing(), in_clear(port))

    (got,) = handler.got
    mail = reading.read(bytes(got.content or b""), ours=OURS)
    assert mail.text == TEXT
    assert mail.message_id == tags.message_id(ID, domain=DOMAIN, key=KEY)
    assert (got.mail_from, got.rcpt_tos) == (tags.address(tags.BOUNCE, ID, domain=DOMAIN, key=KEY), [TO])


def test_a_mail_says_to_machines_that_a_machine_wrote_it() -> None:
    message = sending.built(outgoing(), sender=BOX, name="12345热线", ours=OURS, now=NOW)

    assert message["Auto-Submitted"] == "auto-generated"
    assert reading.read(message.as_bytes(), ours=OURS).automatic == "loop"


def test_an_acknowledgment_has_no_return_path_and_names_what_it_answers() -> None:
    mail = outgoing(kind=ACKNOWLEDGMENT, in_reply_to="<m1@example.com>", references=("<m0@example.com>",))
    handler = Handler()

    with serving(handler) as port:
        sent(mail, in_clear(port))

    got = reading.read(bytes(handler.got[0].content or b""), ours=OURS)
    assert handler.got[0].mail_from == "<>"
    assert (got.in_reply_to, got.references) == (("<m1@example.com>",), ("<m0@example.com>", "<m1@example.com>"))
    built = sending.built(mail, sender=BOX, name="x", ours=OURS, now=NOW)
    assert built["Auto-Submitted"] == "auto-replied"


def test_news_alone_say_how_to_end_them() -> None:
    news = sending.built(outgoing(kind=NEWS), sender=BOX, name="x", ours=OURS, now=NOW)
    page = sending.built(
        outgoing(kind=NEWS, unsubscribe="https://hotline.example.com/end"), sender=BOX, name="x", ours=OURS, now=NOW
    )
    other = sending.built(outgoing(), sender=BOX, name="x", ours=OURS, now=NOW)

    assert "mailto:reply+" in news["List-Unsubscribe"]
    assert page["List-Unsubscribe"].startswith("<https://hotline.example.com/end>, <mailto:")
    assert other["List-Unsubscribe"] is None


def test_the_html_of_a_mail_shows_signs_as_signs_and_links_as_links() -> None:
    shown = sending.as_html(TEXT)

    assert '<a href="https://hotline.example.com/r/1?a=1&amp;b=2">' in shown
    assert "谢谢 &lt;b&gt;&amp;" in shown


@pytest.mark.parametrize("odd", ["a@example.com\r\nBcc: x@example.com", "办理\n进展"])
def test_a_line_end_makes_no_field(odd: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        sending.built(outgoing(subject=odd), sender=BOX, name="x", ours=OURS, now=NOW)
    with pytest.raises(ValueError, match=r"."):
        sending.built(outgoing(to=odd), sender=BOX, name="x", ours=OURS, now=NOW)


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "551 moved", "552 full", "553 odd"])
def test_a_recipient_that_is_refused_for_good_is_refused(answer: str) -> None:
    with serving(Handler(rcpt=answer)) as port, pytest.raises(MailRefused):
        sent(outgoing(), in_clear(port))


@pytest.mark.parametrize(
    "odd",
    [
        {"rcpt": "450 4.2.1 greylisted"},
        {"rcpt": "421 too many"},
        {"mail": "550 sender refused"},
        {"data": "554 5.7.1 spam"},
        {"data": "451 later"},
    ],
)
def test_what_else_goes_wrong_is_worth_another_try(odd: dict[str, str]) -> None:
    with serving(Handler(**odd)) as port, pytest.raises(MailAway):
        sent(outgoing(), in_clear(port))


def test_a_server_that_is_not_there_or_says_nonsense_is_away(unused_port: int) -> None:
    with pytest.raises(MailAway):
        sent(outgoing(), in_clear(unused_port))
    with serving(Handler(), ident="x") as port, pytest.raises(MailAway):
        # In clear to a server where a TLS line is asked for.
        sent(outgoing(), Line(host="127.0.0.1", port=port, secrecy=lines.IMPLICIT))


def test_an_address_in_letters_that_the_server_does_not_know_is_refused() -> None:
    with serving(Handler()) as port, pytest.raises(MailRefused):
        sent(outgoing(to="林@example.com"), in_clear(port))


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _lets_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"u", b"p")
    return AuthResult(success=known, handled=False)


@pytest.mark.parametrize("secrecy", [lines.IMPLICIT, lines.STARTTLS])
def test_a_mail_goes_over_a_line_whose_certificate_is_checked(secrecy: str, tmp_path: Path) -> None:
    files = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    tls = {"implicit": context} if secrecy == lines.IMPLICIT else {"tls_context": context, "require_starttls": True}
    handler = Handler()
    line = Line(host="localhost", port=0, secrecy=secrecy, user="u", password="p", ca_file=str(files.authority))

    with serving(
        handler, authenticator=_lets_in, auth_required=True, auth_require_tls=secrecy == lines.STARTTLS, **tls
    ) as port:
        sent(outgoing(), Line(**{**_fields(line), "port": port}))
        with pytest.raises(MailAway):  # a certificate that nobody on this machine has signed
            sent(outgoing(), Line(**{**_fields(line), "port": port, "ca_file": ""}))
        with pytest.raises(MailAway):  # another password
            sent(outgoing(), Line(**{**_fields(line), "port": port, "password": "q"}))

    assert len(handler.got) == 1


def _fields(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__dataclass_fields__}
