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

/* One rule. All numbers are in host order; 0 stands for any in interface, direction, family and
 * protocol; ports are inclusive ranges. */
struct yardstick_rule {
  uint32_t source, source_mask, destination, destination_mask;
  uint16_t source_low, source_high, destination_low, destination_high;
  uint8_t interface, direction, family, protocol;
  uint8_t tests_source_port, tests_destination_port, quick, action;
  uint32_t skip[YARDSTICK_SKIPS];
};

/* The fields of a packet that rules test. */
struct yardstick_packet {
  uint32_t source, destination;
  uint16_t source_port, destination_port;
  uint8_t interface, direction, family, protocol;
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
