#ifndef PFSIM_INTRINSICS_H
#define PFSIM_INTRINSICS_H

#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* What Swift has no word for. The compiler leaves out what a machine does not have; every function
 * has one result on all machines. */

/* Begins to fetch the cache line of an address that is about to be read and written. */
static inline __attribute__((always_inline)) void pfsim_prefetch(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

/* The number itself, of which the compiler then knows nothing: it makes no jump of what is computed
 * with it. */
static inline __attribute__((always_inline)) uint32_t pfsim_opaque(uint32_t number) {
#if defined(__GNUC__)
  __asm__("" : "+r"(number));
#endif
  return number;
}

/* How many of sixteen numbers are below a value. */
static inline __attribute__((always_inline)) uint32_t pfsim_rank16(
    const int32_t *numbers, int32_t value) {
#if defined(__SSE2__)
  const __m128i *rows = (const __m128i *)numbers;
  const __m128i values = _mm_set1_epi32(value);
  __m128i sum = _mm_add_epi32(
      _mm_add_epi32(
          _mm_cmpgt_epi32(values, _mm_loadu_si128(rows)),
          _mm_cmpgt_epi32(values, _mm_loadu_si128(rows + 1))),
      _mm_add_epi32(
          _mm_cmpgt_epi32(values, _mm_loadu_si128(rows + 2)),
          _mm_cmpgt_epi32(values, _mm_loadu_si128(rows + 3))));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
  return 0u - (uint32_t)_mm_cvtsi128_si32(sum);
#else
  uint32_t result = 0;
  for (int i = 0; i < 16; i++) result += numbers[i] < value;
  return result;
#endif
}

/* Compares four pairs of bit sets with four others: bit 4 * j + i of the result tells whether
 * begins[i] and ends[4 + j] have a bit in common, and so begins[4 + i] and ends[j]. */
static inline __attribute__((always_inline)) uint32_t pfsim_meet16(
    const uint32_t *begins, const uint32_t *ends) {
#if defined(__SSE2__)
#define PFSIM_APART(lane) \
  _mm_or_si128( \
      _mm_cmpeq_epi32( \
          _mm_and_si128(marks, _mm_shuffle_epi32(other_partners, 0x55 * lane)), zero), \
      _mm_cmpeq_epi32( \
          _mm_and_si128(partners, _mm_shuffle_epi32(other_marks, 0x55 * lane)), zero))
  const __m128i zero = _mm_setzero_si128();
  const __m128i marks = _mm_loadu_si128((const __m128i *)begins);
  const __m128i partners = _mm_loadu_si128((const __m128i *)(begins + 4));
  const __m128i other_marks = _mm_loadu_si128((const __m128i *)ends);
  const __m128i other_partners = _mm_loadu_si128((const __m128i *)(ends + 4));
  __m128i apart = _mm_packs_epi16(
      _mm_packs_epi32(PFSIM_APART(0), PFSIM_APART(1)),
      _mm_packs_epi32(PFSIM_APART(2), PFSIM_APART(3)));
#undef PFSIM_APART
  return (uint32_t)_mm_movemask_epi8(apart) ^ 0xffff;
#else
  uint32_t result = 0;
  for (int i = 0; i < 16; i++)
    result |= (uint32_t)((begins[i & 3] & ends[4 + (i >> 2)]) && (begins[4 + (i & 3)] & ends[i >> 2]))
              << i;
  return result;
#endif
}

/* Compares two ports with eight pairs of ranges: bit i of the result tells whether both lie inside.
 * Four rows of eight numbers: where the first port's ranges begin, how many ports more they have,
 * and the same for the second port's. */
static inline __attribute__((always_inline)) uint32_t pfsim_inside8(
    const uint16_t *ranges, uint16_t first, uint16_t second) {
#if defined(__SSE2__)
  const __m128i *rows = (const __m128i *)ranges;
  __m128i a = _mm_sub_epi16(_mm_set1_epi16((short)first), _mm_loadu_si128(rows));
  __m128i b = _mm_sub_epi16(_mm_set1_epi16((short)second), _mm_loadu_si128(rows + 2));
  __m128i beyond = _mm_or_si128(
      _mm_subs_epu16(a, _mm_loadu_si128(rows + 1)), _mm_subs_epu16(b, _mm_loadu_si128(rows + 3)));
  __m128i inside = _mm_cmpeq_epi16(beyond, _mm_setzero_si128());
  return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(inside, _mm_setzero_si128()));
#else
  uint32_t result = 0;
  for (int i = 0; i < 8; i++)
    result |= (uint32_t)((uint16_t)(first - ranges[i]) <= ranges[8 + i] &&
                         (uint16_t)(second - ranges[16 + i]) <= ranges[24 + i])
              << i;
  return result;
#endif
}

#endif
