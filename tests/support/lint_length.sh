#!/bin/sh
# Refuses files above 600 lines and functions above 60: a reader holds no more in mind.
set -u

file_max=600
function_max=60
result=0

too_long=$(find src ui tests Makefile .ci -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name Makefile -o -path '.ci/*' \) -exec wc -l {} + |
	awk -v max=$file_max '$2 != "total" && $1 > max { print $2 ": " $1 " lines" }')
[ -z "$too_long" ] || {
	echo "Files of more than $file_max lines:" >&2
	echo "$too_long" >&2
	result=1
}

too_long=$(find src ui tests -name '*.c' -print |
	ctags -x --_xformat='%F %n %e %N' --kinds-C=f -L - |
	awk -v max=$function_max '$3 - $2 >= max { print $1 ":" $2 ": " $4 ", " $3 - $2 + 1 " lines" }')
[ -z "$too_long" ] || {
	echo "Functions of more than $function_max lines:" >&2
	echo "$too_long" >&2
	result=1
}
exit $result
