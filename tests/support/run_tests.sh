#!/bin/sh
# Runs test programs one after another, prints each test's result and a closing line
# "N passed, N failed"; exits 1 if any failed.
#
#   run_tests.sh PROGRAM...
#
# A cmocka program says how many tests it has and what became of each; those that it never came to
# (it crashed, or ran into the time limit) count as failed. Any other program is one test. A
# NAME_replay is given the fuzzers' corpus tests/fuzz/corpus/NAME.
set -u

seconds_max=300 # for one program; the slowest takes a third of it
support=$(dirname "$0")
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM HUP
passed=0
failed=0
faulty=

count() {
	grep -a -c -E "$1" "$log"
}

for program; do
	name=$(basename "$program" .sh)
	set --
	case $name in
	*_replay) set -- "tests/fuzz/corpus/${name%_replay}" ;;
	esac
	echo "# $name"
	CMOCKA_MESSAGE_OUTPUT=tap "$support/sealed_run.sh" \
		timeout -k 10 "$seconds_max" "$program" "$@" >"$log" 2>&1 </dev/null
	status=$?
	grep -a -v -x -E -e '1\.\.[0-9]+' -e '# (not )?ok - [a-z_]+' "$log"
	[ "$status" -eq 124 ] && echo "# $name was ended: it took more than $seconds_max seconds"

	planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\)$/\1/p' "$log" |
		awk '{ sum += $1 } END { print sum + 0 }')
	good=$(count '^ok [0-9]+ - ')
	left_out=$(count '^(not )?ok [0-9]+ # SKIP')
	bad=$((planned - good - left_out))
	if [ "$planned" -eq 0 ]; then
		good=$((status == 0))
		bad=$((status != 0))
		[ "$status" -eq 0 ] && echo "ok - $name" || echo "not ok - $name"
	elif [ "$status" -ne 0 ] && [ "$bad" -le 0 ]; then
		bad=1 # all its tests went well, but then it crashed or leaked
		echo "not ok - $name ended with exit code $status"
	elif [ "$bad" -gt "$(count '^not ok [0-9]+ - ')" ]; then
		echo "# $name stopped before its last test, exit code $status"
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	[ "$bad" -eq 0 ] || faulty="$faulty $name"
done

[ -z "$faulty" ] || echo "# failed:$faulty"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
