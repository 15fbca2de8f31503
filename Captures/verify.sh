#!/bin/sh
# Checks the recordings beside this script: verify.py (both sides show the same
# traffic, checksums, sizes), then a second opinion from tshark if it is there.
#
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")"

python3 ./verify.py "$@"

command -v tshark >/dev/null 2>&1 || { echo "(no tshark: second opinion skipped)"; exit 0; }
status=0
for name in web mixed inbound; do
    for side in vm uplink; do
        f=$name-$side.pcap
        # Not ICMP: errors quote cut packets, whose own checksums mean nothing.
        bad=$(tshark -n -r $f -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
            -o udp.check_checksum:TRUE -Y '!icmp && (ip.checksum.status == "Bad" ||
            tcp.checksum.status == "Bad" || udp.checksum.status == "Bad") || icmpv6.checksum.status == "Bad"' \
            2>/dev/null | wc -l)
        gaps=$(tshark -n -r $f -Y 'tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment' \
            2>/dev/null | wc -l)
        echo "tshark: $f: $bad bad checksums, $gaps TCP segments the capture missed"
        [ "$bad" = 0 ] && [ "$gaps" = 0 ] || status=1
    done
done
exit $status
