"""What `minsheng install` writes is taken by systemd and nginx; compose.yaml calls commands that there are."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from minsheng.app.cli import install, main

ROOT = Path(__file__).resolve().parents[2]
NAME = "12345.ceshi.gov.cn"


def installed(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "minsheng.app.cli.main", "install", "--root", str(root), *words]
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=300)


def test_units_and_site_are_taken_by_systemd_and_nginx(tmp_path: Path) -> None:
    done = installed(tmp_path, "--name", NAME, "--user", "root", "--var", "/var/lib/minsheng", "--backup", "/backup")
    assert done.returncode == 0, done.stderr
    units = sorted((tmp_path / "etc/systemd/system").iterdir())
    site = (tmp_path / "etc/nginx/conf.d/minsheng.conf").read_text(encoding="utf-8")
    settings = tmp_path / "etc/minsheng.env"

    looked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)

    assert [each.name for each in units] == ["minsheng-drill.service", "minsheng-drill.timer", "minsheng.service"]
    assert (looked.returncode, looked.stderr) == (0, "")
    assert f"server_name {NAME};" in site
    assert "example" not in site + "".join(each.read_text(encoding="utf-8") for each in units)
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert "MINSHENG_BACKUP=/backup\n" in settings.read_text(encoding="utf-8")
    _is_taken_by_nginx(site, tmp_path)


def _is_taken_by_nginx(site: str, folder: Path) -> None:
    nginx = shutil.which("nginx")
    assert nginx is not None, "这项测试需要：apt-get install nginx-light"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", "-days", "2",
         "-keyout", folder / "a.key", "-out", folder / "a.pem"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0
    site = re.sub(r"(ssl_certificate(?:_key)?) /etc/ssl/\S+\.(pem|key);", rf"\1 {folder}/a.\2;", site)
    whole = folder / "nginx.conf"
    whole.write_text(f"pid {folder}/pid; events {{}} http {{ access_log off;\n{site}\n}}", encoding="utf-8")
    looked = subprocess.run(
        [nginx, "-t", "-q", "-c", whole, "-e", folder / "error.log"], capture_output=True, check=False
    )
    assert looked.returncode == 0, looked.stderr


def test_files_that_somebody_changed_are_left_alone_unless_forced(tmp_path: Path) -> None:
    assert installed(tmp_path, "--name", NAME).returncode == 0
    unit, settings = tmp_path / "etc/systemd/system/minsheng.service", tmp_path / "etc/minsheng.env"
    for file in (unit, settings):
        file.write_text("# ours\n", encoding="utf-8")

    refused = installed(tmp_path, "--name", NAME)
    kept = unit.read_text(encoding="utf-8")
    forced = installed(tmp_path, "--name", NAME, "--force")

    assert (refused.returncode, kept) == (1, "# ours\n")
    assert "minsheng.service 已有另外的内容，没有改写" in refused.stderr
    assert forced.returncode == 0
    assert "ExecStart=" in unit.read_text(encoding="utf-8")
    assert settings.read_text(encoding="utf-8") == "# ours\n"


@pytest.mark.parametrize(
    "words",
    [("--name", "a b"), ("--name", "a;b"), ("--name", NAME, "--user", "a b"), ("--name", NAME, "--var", "var"),
     ("--name", NAME, "--backup", "/a b"), ()],
)  # fmt: skip
def test_words_that_a_unit_or_site_would_misread_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    refused = installed(tmp_path, *words)

    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return made


def test_containers_of_the_platform_call_commands_that_there_are_and_may_write_nothing(
    services: dict[str, Any],
) -> None:
    ours = {name: each for name, each in services.items() if str(each["image"]).startswith("minsheng:")}

    assert set(ours) >= {"migrate", "web", "streams", "worker", "jobs", "sweeper", "lake", "site"}
    for name, each in ours.items():
        command, *words = [re.sub(r"\$\{MINSHENG_NAME\}", NAME, word) for word in each["command"]]
        parser = main.Parser(prog=command)
        main.module_of(command).add_arguments(parser)
        parser.parse_args(words)
        assert each["read_only"], name
        assert each["cap_drop"] == ["ALL"], name
    # Who answers the net, and who holds the owner's password, is one each.
    assert [name for name, each in services.items() if "ports" in each] == ["web"]
    assert [name for name, each in ours.items() if "DATABASE_OWNER_URL" in each["environment"]] == ["migrate"]


def test_containers_are_given_settings_that_the_guide_knows(services: dict[str, Any]) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    example = (ROOT / "deploy" / "compose.env").read_text(encoding="utf-8")
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")

    assert all(f"`{name}`" in guide for name in services["web"]["environment"])
    asked = set(re.findall(r"\$\{(\w+):\?\}", text))
    assert asked == {name for name in asked if f"\n{name}=" in example}


def test_templates_have_no_word_left_open() -> None:
    given = {"user": "u", "var": "/v", "name": NAME, "minsheng": "/m", "writable": "/v"}
    folder = Path(install.__file__).parent / "templates"
    used = {word for each in folder.iterdir() for word in re.findall(r"@([a-z]+)@", each.read_text(encoding="utf-8"))}

    assert used <= set(given)
    assert os.fspath(folder).endswith("cli/templates")
