"""`minsheng gateway` runs where the file of providers names a session, and says so where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import gateway_ground

from minsheng.app.cli import gateway, main


@pytest.mark.parametrize(
    "text", [None, "", '[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "b"}']
)
def test_without_a_binding_nothing_runs_and_the_reason_is_said(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sms.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv(gateway.VARIABLE, str(file) if text is not None else "")

    assert (main.main(["gateway"]), gateway.is_wanted()) == (1, False)
    assert capsys.readouterr().err.strip()


def test_a_binding_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setenv(gateway.VARIABLE, str(gateway_ground.written(tmp_path / "sms.toml", 2775)))

    assert gateway.is_wanted()
