#!/bin/sh
# Runs each fuzzer for so many seconds, from the corpus tests/fuzz/corpus/NAME. New inputs and
# crashes stay in the build folder; one worth keeping is copied to the corpus by hand.
#
#   run_fuzzers.sh BUILD SECONDS NAME...
set -u

build=$1
seconds=$2
shift 2
failed=0

for name; do
	echo "# $name, $seconds seconds"
	found=$build/found/$name
	corpus=tests/fuzz/corpus/$name
	mkdir -p "$found" "$corpus"
	if "$build/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -timeout=10 \
		-print_final_stats=1 -artifact_prefix="$build/found/$name-" \
		"$found" "$corpus" >"$build/found/$name.log" 2>&1; then
		sed -n 's/^stat::number_of_executed_units: */inputs tried: /p' "$build/found/$name.log"
	else
		tail -n 60 "$build/found/$name.log"
		failed=1
	fi
done
exit "$failed"
