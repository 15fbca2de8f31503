#include "yardstick.h"

#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(struct yardstick_rule) == 64, "a rule fills one cache line");

static int differs(const struct yardstick_rule *a, const struct yardstick_rule *b, int skip) {
  switch (skip) {
  case YARDSTICK_SKIP_INTERFACE:
    return a->interface != b->interface;
  case YARDSTICK_SKIP_DIRECTION:
    return a->direction != b->direction;
  case YARDSTICK_SKIP_FAMILY:
    return a->family != b->family;
  case YARDSTICK_SKIP_PROTOCOL:
    return a->protocol != b->protocol;
  case YARDSTICK_SKIP_SOURCE:
    return a->source != b->source || a->source_mask != b->source_mask;
  case YARDSTICK_SKIP_SOURCE_PORT:
    return a->tests_source_port != b->tests_source_port || a->source_low != b->source_low ||
           a->source_high != b->source_high;
  case YARDSTICK_SKIP_DESTINATION:
    return a->destination != b->destination || a->destination_mask != b->destination_mask;
  default:
    return a->tests_destination_port != b->tests_destination_port ||
           a->destination_low != b->destination_low || a->destination_high != b->destination_high;
  }
}

void yardstick_link(struct yardstick_rule *rules, uint32_t count) {
  for (int skip = 0; skip < YARDSTICK_SKIPS; skip++) {
    uint32_t next = count;
    for (uint32_t i = count; i-- > 0;) {
      if (i + 1 < count && differs(&rules[i], &rules[i + 1], skip)) next = i + 1;
      rules[i].skip[skip] = next;
    }
  }
}

static inline __attribute__((always_inline)) int32_t walk(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *p,
    uint64_t *evaluations) {
  int32_t match = -1;
  uint32_t i = 0;
  while (i < count) {
    const struct yardstick_rule *r = &rules[i];
    if (evaluations) evaluations[i]++;
    if (r->interface && r->interface != p->interface)
      i = r->skip[YARDSTICK_SKIP_INTERFACE];
    else if (r->direction && r->direction != p->direction)
      i = r->skip[YARDSTICK_SKIP_DIRECTION];
    else if (r->family && r->family != p->family)
      i = r->skip[YARDSTICK_SKIP_FAMILY];
    else if (r->protocol && r->protocol != p->protocol)
      i = r->skip[YARDSTICK_SKIP_PROTOCOL];
    else if ((p->source & r->source_mask) != r->source)
      i = r->skip[YARDSTICK_SKIP_SOURCE];
    else if (r->tests_source_port && (p->source_port < r->source_low || p->source_port > r->source_high))
      i = r->skip[YARDSTICK_SKIP_SOURCE_PORT];
    else if ((p->destination & r->destination_mask) != r->destination)
      i = r->skip[YARDSTICK_SKIP_DESTINATION];
    else if (
        r->tests_destination_port &&
        (p->destination_port < r->destination_low || p->destination_port > r->destination_high))
      i = r->skip[YARDSTICK_SKIP_DESTINATION_PORT];
    else {
      match = (int32_t)i;
      if (r->quick) break;
      i++;
    }
  }
  return match;
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
