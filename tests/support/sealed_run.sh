#!/bin/sh
# Runs a program in a home of its own, away from the settings of whoever runs it: no saved numbers,
# no proxy, no colours switched off, one time zone and one locale. The home is removed afterwards.
#
#   sealed_run.sh PROGRAM [ARGUMENT...]
set -u

home=$(mktemp -d "${TMPDIR:-/tmp}/sipdesk-test.XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM HUP
# Passable: tests of what root may do anyway step out of its rights.
chmod 711 "$home"
mkdir -m 711 "$home/tmp"
mkdir -m 700 "$home/run"

unset NO_COLOR COLORTERM TMUX SSH_CONNECTION SSH_CLIENT SSH_TTY ESCDELAY LANG LANGUAGE \
	HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy \
	SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export HOME="$home" TMPDIR="$home/tmp" TZ=UTC LC_ALL=C.UTF-8 TERM=xterm-256color
export XDG_CONFIG_HOME="$home/.config" XDG_DATA_HOME="$home/.local/share" \
	XDG_STATE_HOME="$home/.local/state" XDG_CACHE_HOME="$home/.cache" XDG_RUNTIME_DIR="$home/run"
umask 022

"$@"
