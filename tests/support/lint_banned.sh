#!/bin/sh
# Refuses functions that overrun, keep hidden state or cannot report an error, and sleeping: who
# waits, waits for a condition. Variable-length arrays are the compiler's part (-Wvla).
set -u

banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|alloca|sleep|usleep'
found=$(grep -rnE --include='*.[ch]' "(^|[^[:alnum:]_])($banned)[[:space:]]*\(" src ui tests)
[ -z "$found" ] && exit 0
echo "These functions are not used here (see CODE_STYLE, banned functions):" >&2
echo "$found" >&2
exit 1
