#!/bin/sh
# What sipdesk is built, tested and checked with, and how to get it.
#
#   packages.sh check GROUP...    names what is missing and exits 1
#   packages.sh ensure GROUP...   installs what is missing (Debian, Ubuntu), else names it
#
# Groups: build test lint fuzz bench. $CC is the compiler that will be used. Only `ensure` changes the
# machine, and only when something is missing.
set -u

# group | how to see that it is there | package on Debian | Fedora | Alpine | Homebrew
table() {
	cat <<EOF
build|command ${CC:-cc}|$compiler|$compiler|$compiler|-
build|header stdio.h|libc6-dev|glibc-devel|musl-dev|-
build|command pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf
build|library ncursesw|libncurses-dev|ncurses-devel|ncurses-dev|ncurses
build|library termkey|libtermkey-dev|libtermkey-devel|libtermkey-dev|libtermkey
build|library libcurl >= 7.87|libcurl4-openssl-dev|libcurl-devel|curl-dev|curl
build|library libcjson|libcjson-dev|cjson-devel|cjson-dev|cjson
build|library openssl >= 3|libssl-dev|openssl-devel|openssl-dev|openssl@3
build|library libidn2|libidn2-dev|libidn2-devel|libidn2-dev|libidn2
build|library libmicrohttpd|libmicrohttpd-dev|libmicrohttpd-devel|libmicrohttpd-dev|libmicrohttpd
build|authorities|ca-certificates|ca-certificates|ca-certificates|ca-certificates
test|library cmocka|libcmocka-dev|libcmocka-devel|cmocka-dev|cmocka
test|library vterm|libvterm-dev|libvterm-devel|libvterm-dev|libvterm
test|command python3|python3|python3|python3|python3
test|python cryptography|python3-cryptography|python3-cryptography|py3-cryptography|cryptography
test|command curl|curl|curl|curl|curl
test|command jq|jq|jq|jq|jq
test|command openssl|openssl|openssl|openssl|openssl@3
test|server kamailio|kamailio|kamailio|kamailio|-
test|module kamailio/modules/tls.so|kamailio-tls-modules|kamailio-tls|kamailio-tls|-
test|server gnutls-serv|gnutls-bin|gnutls-utils|gnutls-utils|gnutls
test|server nginx|nginx-light|nginx|nginx|nginx
test|command pass|pass|pass|pass|pass
test|command gpg|gnupg|gnupg2|gnupg|gnupg
test|server dnsmasq|dnsmasq-base|dnsmasq|dnsmasq|dnsmasq
test|command mandoc|mandoc|mandoc|mandoc|mandoc
test|command bash|bash|bash|bash|bash
test|command zsh|zsh|zsh|zsh|zsh
test|terminfo putty|ncurses-term|ncurses-term|ncurses-terminfo|ncurses
lint|command clang|clang|clang|clang|llvm
lint|command clang-tidy|clang-tidy|clang-tools-extra|clang-extra-tools|llvm
lint|command clang-format|clang-format|clang-tools-extra|clang-extra-tools|clang-format
lint|command cppcheck|cppcheck|cppcheck|cppcheck|cppcheck
lint|command shellcheck|shellcheck|ShellCheck|shellcheck|shellcheck
lint|command ctags|universal-ctags|ctags|ctags|universal-ctags
bench|command nmtui|network-manager|NetworkManager-tui|networkmanager-tui|-
bench|command dialog|dialog|dialog|dialog|dialog
bench|command whiptail|whiptail|newt|newt|newt
bench|command htop|htop|htop|htop|htop
bench|command tig|tig|tig|tig|tig
bench|command mc|mc|mc|mc|midnight-commander
fuzz|command clang|clang|clang|clang|llvm
fuzz|fuzzer|libclang-rt-dev|compiler-rt|compiler-rt|llvm
EOF
}

case ${CC:-cc} in
*clang*) compiler=clang ;;
*) compiler=gcc ;;
esac

# is_there HOW: how to see it, as in the table.
is_there() {
	what=${1#* }
	case $1 in
	command\ *) command -v "${what%% *}" ;;
	server\ *) PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v "$what" ;;
	module\ *) for file in /usr/lib*/"$what" /usr/lib/*/"$what"; do [ -e "$file" ] && break; done ;;
	# The system's own, as tests/support/vault_reader.py asks for it.
	python\ *) /usr/bin/python3 -c "import $what" ;;
	terminfo\ *) infocmp "$what" ;;
	header\ *) echo "#include <$what>" | ${CC:-cc} -E -x c - ;;
	library\ *) pkg-config --exists "$what" ;;
	fuzzer) ls "$(clang -print-resource-dir)"/lib/*/*fuzzer* ;;
	authorities)
		[ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ] ||
			[ -e /etc/ssl/cert.pem ]
		;;
	esac >/dev/null 2>&1
}

# missing COLUMN GROUP...: the entries of one column for everything that is not there.
missing() {
	column=$1
	shift
	table | while IFS='|' read -r group how packages; do
		case " $* " in
		*" $group "*) is_there "$how" || echo "$how|$packages" | cut -d '|' -f "$column" ;;
		esac
	done | grep -vx -e - | sort -u | tr '\n' ' '
}

install_on_debian() {
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		as_root=sudo
		command -v sudo >/dev/null || {
			echo "Not root, and there is no sudo. As root: apt-get install $*" >&2
			return 1
		}
	fi
	echo "Installing: $*"
	$as_root apt-get -q update &&
		$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get -q install -y --no-install-recommends "$@"
}

mode=$1
shift
names=$(missing 2 "$@")
[ -n "$names" ] || exit 0

if [ "$mode" = ensure ] && command -v apt-get >/dev/null; then
	# Package names hold no blanks; splitting is meant.
	# shellcheck disable=SC2086
	install_on_debian $names || exit 1
	still=$(missing 1 "$@")
	[ -z "$still" ] && exit 0
	echo "Installed, but still not found: $still" >&2
	exit 1
fi

echo "sipdesk needs these packages first:" >&2
if command -v apt-get >/dev/null; then
	echo "  $names" >&2
	echo "To install them: make setup" >&2
else
	echo "  Fedora:   $(missing 3 "$@")" >&2
	echo "  Alpine:   $(missing 4 "$@")" >&2
	echo "  Homebrew: $(missing 5 "$@")" >&2
fi
exit 1
