"""Mail that comes: read, kept with its words sealed and its files, by one worker; beside it reading alone.

Of ten mails four are plain, two are answers in HTML with a quotation, two have a picture of 200 KB, one is GBK under
another name, one is a machine's. Nothing is acknowledged: no server is named. Goal: at least 20 a second.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

from bench import ground

MAILS = ground.sized(1_000)
_WORDS = "人民路三十号门前的路灯坏了一个星期，晚上看不清路，请派人来看一看。"
_FILE = 'domain = "hotline.example.com"\nsender = "12345@hotline.example.com"\n'


def run() -> None:
    """Measure and print the table."""
    from django.conf import settings

    from minsheng.cases.incoming import mailbox
    from minsheng.cases.incoming.models import Incoming
    from minsheng.core.messages import mailing
    from minsheng.gateways.mail import reading

    city = ground.open_city()
    pictures = [_picture() for _ in range(8)]
    raws = [_mail(number, pictures[number % 8]) for number in range(MAILS)]
    with tempfile.TemporaryDirectory(prefix="ms-bench-mail-") as folder:
        path = Path(folder) / "mail.toml"
        path.write_text(_FILE, encoding="utf-8")
        settings.MAIL_FILE, settings.ANTIVIRUS_OFF = str(path), True
        found = mailing.known()
        assert found is not None
        ours = mailing.ours(found)
        begun = time.perf_counter()
        faults = [reading.read(raw, ours=ours).fault for raw in raws]
        read_in = time.perf_counter() - begun
        begun, cpu = time.perf_counter(), time.process_time()
        for raw in raws:
            mailbox.receive(raw, city=city, found=found, now=ground.MONDAY)
        kept_in, cpu = time.perf_counter() - begun, time.process_time() - cpu
    ground.counted("收下的邮件", Incoming.objects.count(), MAILS)
    ground.counted("读懂的邮件", faults.count(""), MAILS)
    ground.goal("邮件来信", MAILS / kept_in, "封/秒", least=20)
    ground.table(
        f"邮件来信（{MAILS} 封，一个进程）",
        ("步骤", "封/秒", "每封处理器毫秒"),
        [
            ("只读懂", f"{MAILS / read_in:,.0f}", f"{read_in / MAILS * 1000:.1f}"),
            ("收下、密封、存附件", f"{MAILS / kept_in:,.0f}（目标 ≥ 20）", f"{cpu / MAILS * 1000:.1f}"),
        ],
    )


def _mail(number: int, picture: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = f"citizen{number}@example.com"
    message["To"] = "12345@hotline.example.com"
    message["Subject"] = f"路灯不亮 {number}"
    message["Message-ID"] = f"<bench{number}@example.com>"
    text = f"{_WORDS}（第{number}封）"
    match number % 10:
        case 0 | 1:
            quoted = f"<blockquote>{'您反映的问题已转交办理。' * 20}</blockquote>"
            message.set_content(f"<p>{text}</p><div>On Mon, Jan 5, 2026 12345 wrote:{quoted}</div>", subtype="html")
        case 2:
            raw = message.as_bytes() + b'Content-Type: text/plain; charset="utf-8"\r\n\r\n' + text.encode("gbk")
            return raw.replace(b"\n\nContent-Type", b"\nContent-Type", 1)
        case 3:
            message["Auto-Submitted"] = "auto-replied"
            message.set_content(text)
        case 4 | 5:
            message.set_content(text)
            message.add_attachment(picture, maintype="image", subtype="png", filename=f"{number}.png")
        case _:
            message.set_content(text)
    return message.as_bytes()


def _picture() -> bytes:
    """Return a picture of some 200 KB, as telephones send smaller ones."""
    from PIL import Image

    kept = io.BytesIO()
    Image.frombytes("RGB", (260, 260), os.urandom(260 * 260 * 3)).save(kept, "PNG")
    return kept.getvalue()
