/*
 * fsync() that returns at once, for tests of thousands of writes that ask nothing of a power cut.
 */
#ifndef SIPDESK_TESTS_QUICK_DISK_H
#define SIPDESK_TESTS_QUICK_DISK_H

/* From now on, for this whole program. */
void quick_disk_set(void);

#endif
