#!/bin/sh
# Install the platform from an unpacked bundle, without any network: `sh install.sh [FOLDER]`, by default /opt/minsheng.
# Every file is compared with SHA256SUMS first, and pip compares every wheel again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/minsheng}
say() { printf '%s\n' "$*" >&2; }

(cd "$here" && sha256sum --check --quiet SHA256SUMS) || { say "安装包不完整或被改动，没有安装。请重新复制安装包。"; exit 1; }

wanted=$(cat "$here/python-version")
python=
for candidate in "python$wanted" python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$wanted" \
        2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || { say "本安装包需要带 venv 的 Python $wanted（Debian 12：apt-get install python3 python3-venv）。"; exit 1; }

[ -x "$target/bin/python" ] || "$python" -m venv "$target"
# Anew in any case: what is there may be damaged, or another build of the same version.
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-index \
    --find-links "$here/wheels" --require-hashes -r "$here/requirements.txt"
"$target/bin/minsheng" --version
say "已安装到 $target。接下来：$target/bin/minsheng install --name 主机名"
