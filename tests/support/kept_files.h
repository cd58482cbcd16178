/* What sipdesk keeps on a machine, judged from outside: no file is half-written. */
#ifndef SIPDESK_TESTS_KEPT_FILES_H
#define SIPDESK_TESTS_KEPT_FILES_H

#include <stdbool.h>

/* Every file below `folder` that is sipdesk's is whole: JSON that parses, a history whose lines
 * parse and follow from each other. `may_be_torn`: the last line of a history may have no end. A
 * file that was being written beside the one that it replaces (NAME.new-XXXXXX) does not count: it
 * is never read. Fails the cmocka test with `when`. */
void kept_files_judge(const char *folder, bool may_be_torn, const char *when);

#endif
