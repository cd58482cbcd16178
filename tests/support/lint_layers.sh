#!/bin/sh
# Refuses includes against the arrows of the architecture: ui knows src, src never knows ui nor a
# terminal, and inside src each room may include only those named here. The current folder, or $1,
# is the top of the tree.
set -u

cd "${1:-.}" || exit 1

# includes_of FILE...: "FILE:LINE HEADER" for each include.
includes_of() {
	grep -nHE '^[[:space:]]*#[[:space:]]*include' "$@" /dev/null |
		sed -nE 's/^([^:]*:[0-9]+):[^"<]*["<]([^">]*)[">].*/\1 \2/p'
}

# may_include ROOM: the rooms of src that it may include.
may_include() {
	case $1 in
	base) echo base ;;
	calling) echo calling base ;;
	service) echo service store calling base ;;
	tlscheck) echo tlscheck base ;;
	store) echo store calling base ;;
	sandbox) echo sandbox calling base ;;
	esac
}

refuse() {
	echo "$1: $2"
}

check_src() {
	for folder in src/*/; do
		room=$(basename "$folder")
		allowed=" $(may_include "$room") "
		[ "$allowed" = "  " ] && refuse "$folder" "no room of the architecture"
		find "$folder" -name '*.[ch]' | while read -r file; do
			includes_of "$file"
		done | while read -r place header; do
			case $header in
			curses.h | ncurses* | term.h | panel.h | form.h | menu.h | termkey.h | ui/* | *../*)
				refuse "$place" "src never includes $header"
				;;
			base/* | calling/* | service/* | tlscheck/* | store/* | sandbox/*)
				case $allowed in
				*" ${header%%/*} "*) ;;
				*) refuse "$place" "$room never includes $header" ;;
				esac
				;;
			esac
		done
	done
}

check_ui() {
	find ui -name '*.[ch]' | while read -r file; do
		includes_of "$file" | while read -r place header; do
			case $file:$header in
			ui/commands/*:sandbox/*) ;;
			*:sandbox/*) refuse "$place" "only ui/commands includes $header" ;;
			ui/screens/*:curses.h | ui/screens/*:ncurses*)
				refuse "$place" "a screen draws through ui/term/draw.h, without $header"
				;;
			ui/plain/*:curses.h | ui/plain/*:ncurses* | ui/plain/*:ui/screens/*)
				refuse "$place" "--plain has no screens and draws nothing: no $header"
				;;
			*:*../*) refuse "$place" "includes start at src/ or at the top: $header" ;;
			esac
		done
	done
}

refused=$(
	check_src
	check_ui
)
[ -z "$refused" ] && exit 0
echo "$refused" >&2
exit 1
