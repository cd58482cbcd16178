/* A home folder with many saved numbers, and what was read of each. */
#ifndef SIPDESK_TESTS_MANY_NUMBERS_H
#define SIPDESK_TESTS_MANY_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

/* Writes numbers.json and readings.json under `home`: "Customer N" for N from 1, not in the order
 * of their names. False with a line on stderr. */
bool many_numbers_write(const char *home, size_t count);

#endif
