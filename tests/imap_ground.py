"""A box of mail on loopback that speaks as much IMAP as a reader needs, and breaks off where it is told to."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from minsheng.gateways.mail import lines
from minsheng.gateways.mail.fetching import Box
from minsheng.gateways.mail.lines import Line


@dataclass
class Post:
    """What lies in the box by uid, with the marks it has; `cut_after`: bytes of a mail after which the line breaks.

    `answers_lost`: so many marks are set and the line breaks before the answer. `abilities`: what it says it can do.
    """

    mails: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    moved: dict[int, bytes] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    cut_after: int | None = None
    answers_lost: int = 0
    abilities: str = "IMAP4REV1 ID MOVE"
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def box(self, **more: str) -> Box:
        line = Line(host="127.0.0.1", port=self.port, secrecy=lines.NONE, user="u", password="p")
        return Box(name="hotline", line=line, **more)


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        post = self.server.post
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode("latin-1").strip():
            post.asked.append(line)
            mark, _, command = line.partition(" ")
            with self.server.lock:
                answer = self._answer(post, command)
            if answer is None:
                return
            for each in answer:
                self.wfile.write(each + b"\r\n")
            self.wfile.write(f"{mark} OK done\r\n".encode())

    def _answer(self, post: Post, command: str) -> list[bytes] | None:
        """Return the lines before the last one; None where the line breaks."""
        if command.startswith("CAPABILITY"):
            return [f"* CAPABILITY {post.abilities}".encode()]
        if command.startswith("SELECT"):
            return [f"* {len(post.mails)} EXISTS".encode(), b"* OK [UIDVALIDITY 1]"]
        if command.startswith("UID SEARCH"):
            found = [uid for uid in post.mails if command.endswith("ALL") or uid not in post.seen]
            return [b"* SEARCH " + b" ".join(str(uid).encode() for uid in found)]
        if found := re.match(r"UID FETCH ([\d,]+) \(RFC822.SIZE\)", command):
            return [
                f"* {uid} FETCH (UID {uid} RFC822.SIZE {self._size(post, int(uid))})".encode()
                for uid in found[1].split(",")
            ]
        if found := re.match(r"UID FETCH (\d+) \(BODY.PEEK\[(HEADER)?\]\)", command):
            return self._mail(post, int(found[1]), head=bool(found[2]))
        if found := re.match(r"UID (STORE|MOVE) (\d+)", command):
            return self._marked(post, found[1], int(found[2]))
        return [] if re.match(r"LOGIN|ID|EXPUNGE|NOOP|CLOSE|LOGOUT", command) else [b"* BAD unknown"]

    @staticmethod
    def _size(post: Post, uid: int) -> int:
        return post.sizes.get(uid, len(post.mails[uid]))

    def _mail(self, post: Post, uid: int, *, head: bool) -> list[bytes] | None:
        content = post.mails[uid]
        if head:
            content = content[: content.index(b"\r\n\r\n") + 4]
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n".encode())
        if post.cut_after is not None and len(content) > post.cut_after:
            self.wfile.write(content[: post.cut_after])
            post.cut_after = None
            return None
        return [content + b")"]

    @staticmethod
    def _marked(post: Post, how: str, uid: int) -> list[bytes] | None:
        if how == "MOVE":
            post.moved[uid] = post.mails.pop(uid)
        else:
            post.seen.add(uid)
        if post.answers_lost:
            post.answers_lost -= 1
            return None
        return []


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    post: Post
    lock: threading.Lock


@contextmanager
def serving(post: Post) -> Iterator[Post]:
    """Serve a box until the end of the block; its port stands in `post`."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.post, server.lock = post, threading.Lock()
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join(timeout=10)
