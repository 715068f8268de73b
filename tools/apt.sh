#!/bin/sh
# Install Debian packages without asking anything. Fails where that is not allowed (not Debian, not
# root and no sudo without a password), and the caller then says what a person can do instead.
#
#     sh tools/apt.sh PACKAGE...
set -eu

command -v apt-get >/dev/null 2>&1 || exit 1
if [ "$(id -u)" -eq 0 ]; then
    root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    exit 1
fi

apt() {
    # The lock option waits for another installation instead of failing beside it.
    $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

echo "Installing $* with apt-get." >&2
install="install -y --no-install-recommends"
# The lists are often there already; they are fetched anew only when that did not do.
# shellcheck disable=SC2086
apt $install "$@" >/dev/null 2>&1 || { apt update && apt $install "$@" >/dev/null; } >&2
