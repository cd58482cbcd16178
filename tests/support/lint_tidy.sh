#!/bin/sh
# Runs clang-tidy on the files named on stdin, so many at once; exits 1 if any has a finding. How
# many warnings were suppressed it says on stderr, which is shown only where it found fault.
#
#   lint_tidy.sh JOBS COMPILER-FLAG...
set -u

jobs=$1
shift
# The variables are those of the inner shell.
# shellcheck disable=SC2016
xargs -P "$jobs" -I '{}' sh -c '
	file=$1
	shift
	told=$(clang-tidy --quiet "$file" -- "$@" 2>&1) || {
		printf "%s\n" "$told"
		exit 1
	}' sh '{}' "$@"
