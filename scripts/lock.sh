#!/bin/sh
# Compile requirements.lock from pyproject.toml: exact versions with the hashes of every platform's wheels.
# pip's own configuration is left out, so that no index, folder or address of this machine gets into the lock.
set -eu
cd "$(dirname "$0")/.."
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_NO_INDEX PIP_CONSTRAINT
PIP_CONFIG_FILE=/dev/null
CUSTOM_COMPILE_COMMAND='make lock'
export PIP_CONFIG_FILE CUSTOM_COMPILE_COMMAND
.venv/bin/pip-compile --quiet --extra test --build-deps-for editable --allow-unsafe --no-strip-extras --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
    --resolver backtracking --output-file requirements.lock "$@" pyproject.toml
if grep -nE '://|^--|^ *-[if] ' requirements.lock | grep -vE -- '--hash=sha256:'; then
    echo "requirements.lock names an address or an option; see above" >&2
    exit 1
fi
