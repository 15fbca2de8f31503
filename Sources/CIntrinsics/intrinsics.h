#ifndef PFSIM_INTRINSICS_H
#define PFSIM_INTRINSICS_H

/* What Swift has no word for. The compiler leaves out what a machine does not have. */

/* Begins to fetch the cache line of an address that is about to be read and written. */
static inline __attribute__((always_inline)) void pfsim_prefetch(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

#endif
