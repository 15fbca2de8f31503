/* The yardstick: pf's walk with skip steps over compact rules, in plain C.
 *
 * Our own code, written to be as fast as C can be without changing the algorithm: rules of 64
 * bytes in one array, eight skip steps, last match wins, quick ends. IPv4 only. */
#ifndef YARDSTICK_H
#define YARDSTICK_H

#include <stdint.h>

enum {
  YARDSTICK_SKIP_INTERFACE,
  YARDSTICK_SKIP_DIRECTION,
  YARDSTICK_SKIP_FAMILY,
  YARDSTICK_SKIP_PROTOCOL,
  YARDSTICK_SKIP_SOURCE,
  YARDSTICK_SKIP_SOURCE_PORT,
  YARDSTICK_SKIP_DESTINATION,
  YARDSTICK_SKIP_DESTINATION_PORT,
  YARDSTICK_SKIPS
};

/* Interface, direction, family and protocol in one word, from bit 0, eight bits each, so that one
 * comparison tests all four and the lowest bit that differs tells which of them failed first. */
static inline uint32_t yardstick_head(
    uint8_t interface, uint8_t direction, uint8_t family, uint8_t protocol) {
  return interface | (uint32_t)direction << 8 | (uint32_t)family << 16 | (uint32_t)protocol << 24;
}

/* One rule. All numbers are in host order; skip steps are in bytes from the first rule; ports are a
 * first one and how many more follow; head_mask has the bits of head that count. */
struct yardstick_rule {
  uint32_t skip[YARDSTICK_SKIPS];
  uint32_t source, source_mask, destination, destination_mask;
  uint16_t source_port, source_span, destination_port, destination_span;
  uint32_t head, head_mask;
};

/* In a rule's head, in bits of the family that no mask has: a match ends the evaluation. */
enum { YARDSTICK_QUICK = 1 << 23 };

/* The fields of a packet that rules test. */
struct yardstick_packet {
  uint32_t source, destination;
  uint16_t source_port, destination_port;
  uint32_t head;
};

/* Fills in the skip steps of `count` rules. */
void yardstick_link(struct yardstick_rule *rules, uint32_t count);

/* The number of the deciding rule, -1 where none matches. */
int32_t yardstick_evaluate(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *packet);

/* The same, counting the visits of every rule. */
int32_t yardstick_evaluate_counting(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *packet,
    uint64_t *evaluations);

/* Evaluates `packets` packets and returns the sum of the rules' numbers plus one, so that nothing
 * is optimised away; `evaluations` may be null. */
int64_t yardstick_run(
    const struct yardstick_rule *rules, uint32_t count, const struct yardstick_packet *trace,
    uint32_t packets, uint64_t *evaluations);

#endif
