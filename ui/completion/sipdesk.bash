# bash completion for sipdesk: commands, options and their values, names of saved numbers.
# All of it is asked of sipdesk itself, so that nothing here can be out of date.

_sipdesk_help() {
	sipdesk "$@" --help 2>/dev/null
}

_sipdesk_commands() {
	_sipdesk_help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'
}

# What follows a command: "sipdesk numbers add".
_sipdesk_words() {
	_sipdesk_help "$1" | grep -Eo "sipdesk $1 [a-z]+" | sed 's/.* //' | sort -u
}

_sipdesk_options() {
	_sipdesk_help "$@" | grep -Eo -- '--[a-z][a-z-]*' | sort -u
}

# Is there a value behind the option? "--label NAME"
_sipdesk_takes_value() {
	local option=$1
	shift
	_sipdesk_help "$@" | grep -Eq -- "$option [A-Z\"]"
}

# Those that begin as $1, as they must be typed.
_sipdesk_names() {
	local name typed
	while IFS= read -r name; do
		typed=$name
		case $1 in
		[\"\']*) [[ $name == "${1:1}"* ]] && COMPREPLY+=("$name") ;;
		*)
			printf -v typed %q "$name"
			[[ $typed == "$1"* ]] && COMPREPLY+=("$typed")
			;;
		esac
	done < <(sipdesk numbers list 2>/dev/null | sed '1d; s/   *.*//')
}

_sipdesk_offer() {
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$2" -- "$1")
}

_sipdesk_files() {
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_sipdesk() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local words command=() # empty: the screens
	COMPREPLY=()
	_sipdesk_commands | grep -qxF -- "${COMP_WORDS[1]}" && [[ $COMP_CWORD -gt 1 ]] &&
		command=("${COMP_WORDS[1]}")
	case $previous in
	--log | --*-file | --write-chain)
		_sipdesk_files "$current"
		return
		;;
	--key-source)
		_sipdesk_offer "$current" "ask vault command"
		return
		;;
	--?*) _sipdesk_takes_value "$previous" "${command[@]}" && return ;;
	esac
	if [[ $current == -* ]]; then
		_sipdesk_offer "$current" "$(_sipdesk_options "${command[@]}")"
		return
	fi
	case ${command[0]-} in
	'')
		[[ $COMP_CWORD -eq 1 ]] && _sipdesk_offer "$current" "$(_sipdesk_commands)"
		_sipdesk_names "$current"
		return
		;;
	check | sandbox) return ;;
	esac
	words=$(_sipdesk_words "${command[0]}")
	if [[ -n $words && $COMP_CWORD -eq 2 ]]; then
		_sipdesk_offer "$current" "$words"
		return
	fi
	case ${command[0]}${words:+ ${COMP_WORDS[2]}} in
	'numbers import') _sipdesk_files "$current" ;;
	'numbers remove' | 'numbers test') _sipdesk_names "$current" ;;
	*) [[ -z $words ]] && _sipdesk_names "$current" ;;
	esac
}

complete -F _sipdesk sipdesk
