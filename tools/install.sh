#!/bin/sh
# Make .venv hold what a requirements file lists. Where it already does, nothing is installed and
# nothing is asked of the network: a stamp keeps a checksum of what the file said.
#
#     sh tools/install.sh requirements.txt         what the lab needs to run
#     sh tools/install.sh requirements-dev.txt     that, and what the tests need
#
# PYTHON names the interpreter that makes .venv (3.11 or newer); otherwise one is looked for.
set -eu
cd "$(dirname "$0")/.."

wanted=$1
venv=.venv

fail() {
    echo "$*" >&2
    exit 1
}

# requirements-dev.txt includes the other two, so its stamp covers all three.
key() {
    if [ "$1" = requirements.txt ]; then
        cat "$1"
    else
        cat requirements.txt requirements-beyond.txt "$1"
    fi | cksum
}

stamp() { echo "$venv/installed-$1"; }

installed() {
    [ "$(cat "$(stamp "$1")" 2>/dev/null)" = "$(key "$1")" ] && "$venv/bin/python" -c "" 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
        if "$name" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    fail "Python 3.11 or newer is needed${PYTHON:+ and $PYTHON is not}: install it, or name one:" \
        "make PYTHON=/path/to/python3.11"
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c "import ensurepip, venv" 2>/dev/null; then
        package=$("$python" -c "import sys; print('python%d.%d-venv' % sys.version_info[:2])")
        sh tools/apt.sh "$package" && "$python" -c "import ensurepip, venv" 2>/dev/null ||
            fail "$python cannot make virtual environments: install the package $package" \
                "(sudo apt-get install $package) and run make again."
    fi
    "$python" -m venv --clear "$venv" ||
        fail "The folder $venv cannot be made here: check that this folder is yours to write to."
}

installed "$wanted" && exit 0

# Two makes at once take turns; the second then finds the work done.
exec 9<requirements.txt
if command -v flock >/dev/null 2>&1; then flock 9; fi
installed "$wanted" && exit 0

# A .venv that was cut off halfway, or whose Python has gone, is made anew.
"$venv/bin/python" -c "import pip, sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null ||
    make_venv

echo "Installing what $wanted lists into $venv: some minutes and 2 GB or more, once." >&2
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input -r "$wanted" </dev/null ||
    fail "Not everything could be installed: the lines above say why; mend it and run make again."

key requirements.txt >"$(stamp requirements.txt)"
key "$wanted" >"$(stamp "$wanted")"
