#include "yardstick.h"

#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(struct yardstick_rule) == 64, "a rule fills one cache line");

/* Whether two words of head and mask differ in one of the four fields. */
static int head_differs(const struct yardstick_rule *a, const struct yardstick_rule *b, int skip) {
  uint32_t field = 0xffu << 8 * skip;
  return ((a->head_mask ^ b->head_mask) & field) || ((a->head ^ b->head) & a->head_mask & field);
}

static int differs(const struct yardstick_rule *a, const struct yardstick_rule *b, int skip) {
  switch (skip) {
  case YARDSTICK_SKIP_SOURCE:
    return a->source != b->source || a->source_mask != b->source_mask;
  case YARDSTICK_SKIP_SOURCE_PORT:
    return a->source_port != b->source_port || a->source_span != b->source_span;
  case YARDSTICK_SKIP_DESTINATION:
    return a->destination != b->destination || a->destination_mask != b->destination_mask;
  case YARDSTICK_SKIP_DESTINATION_PORT:
    return a->destination_port != b->destination_port ||
           a->destination_span != b->destination_span;
  default:
    return head_differs(a, b, skip);
  }
}

void yardstick_link(struct yardstick_rule *rules, uint32_t count) {
  for (int skip = 0; skip < YARDSTICK_SKIPS; skip++) {
    uint32_t next = count;
    for (uint32_t i = count; i-- > 0;) {
      if (i + 1 < count && differs(&rules[i], &rules[i + 1], skip)) next = i + 1;
      rules[i].skip[skip] = next * (uint32_t)sizeof *rules;
    }
  }
}

/* Places of rules are in bytes from the first, as skip steps are, which saves a shift a rule. */
static inline __attribute__((always_inline)) int32_t walk(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *packet,
    uint64_t *evaluations) {
  const struct yardstick_packet p = *packet;
  const uint64_t end = (uint64_t)count * sizeof *rules;
  int64_t match = -1;
  uint64_t place = 0;
  while (place < end) {
    const struct yardstick_rule *r = (const void *)((const char *)rules + place);
    if (evaluations) ++*(uint64_t *)((char *)evaluations + place / 8);
    uint32_t different = (r->head ^ p.head) & r->head_mask;
    if (different)
      place = r->skip[__builtin_ctz(different) >> 3];
    else if ((p.source & r->source_mask) != r->source)
      place = r->skip[YARDSTICK_SKIP_SOURCE];
    else if ((uint16_t)(p.source_port - r->source_port) > r->source_span)
      place = r->skip[YARDSTICK_SKIP_SOURCE_PORT];
    else if ((p.destination & r->destination_mask) != r->destination)
      place = r->skip[YARDSTICK_SKIP_DESTINATION];
    else if ((uint16_t)(p.destination_port - r->destination_port) > r->destination_span)
      place = r->skip[YARDSTICK_SKIP_DESTINATION_PORT];
    else {
      match = (int64_t)place;
      if (r->head & YARDSTICK_QUICK) break;
      place += sizeof *rules;
    }
  }
  return (int32_t)(match < 0 ? -1 : match / (int64_t)sizeof *rules);
}

int32_t yardstick_evaluate(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *packet) {
  return walk(rules, count, packet, NULL);
}

int32_t yardstick_evaluate_counting(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *packet,
    uint64_t *evaluations) {
  return walk(rules, count, packet, evaluations);
}

int64_t yardstick_run(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *trace,
    uint32_t packets, uint64_t *evaluations) {
  int64_t sum = 0;
  if (evaluations) {
    for (uint32_t i = 0; i < packets; i++)
      sum += yardstick_evaluate_counting(rules, count, &trace[i], evaluations) + 1;
  } else {
    for (uint32_t i = 0; i < packets; i++)
      sum += yardstick_evaluate(rules, count, &trace[i]) + 1;
  }
  return sum;
}
