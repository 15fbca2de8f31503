#!/usr/bin/env python3
"""Check the recordings: do both sides of a pair show the same traffic?

    verify.py [-v] [NAME...]        (default: web mixed inbound offload)

For the pairs recorded without offloads this checks, with nothing but the
standard library,

  * every IPv4, TCP, UDP, ICMP and ICMPv6 checksum of whole packets,
  * that no frame is there twice and no captured frame exceeds the MTU,
  * that each forwarded IPv4 flow is the same on both sides: after the VM's
    address is exchanged for the host's, every direction of every flow has the
    same packets in the same order - ports, payload, TCP sequence and
    acknowledgement numbers, flags, windows, options, IP id, TOS, DF; the TTL
    one lower behind the host.

Not compared: flows with fragments, ICMP echo identifiers, MAC addresses and
times; and what by nature is on one side only (the list is printed with -v):
packets with TTL 1, traffic with the host itself, between VMs, broadcasts.

For `offload` it checks that super-frames and unfinished checksums are there
and that the bytes of each TCP connection are the same on both sides.

SPDX-License-Identifier: Apache-2.0
"""

import os
import socket
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "192.168.1.20"
VM_NET = "192.168.64."
GATEWAY = "192.168.64.1"
FORWARDED = {("192.168.64.5", 22): 2222, ("192.168.64.5", 80): 8080,
             ("192.168.64.5", 24): 2224}


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    magic, _, _, _, _, _, link = struct.unpack("<IHHiIII", data[:24])
    assert magic == 0xA1B2C3D4, "%s: not a microsecond pcap file" % path
    assert link == 1, "%s: not Ethernet" % path
    at, frames = 24, []
    while at < len(data):
        sec, usec, caplen, length = struct.unpack_from("<IIII", data, at)
        frames.append((sec + usec / 1e6, data[at + 16:at + 16 + caplen], length))
        at += 16 + caplen
    assert at == len(data), "%s: ends inside a packet" % path
    return frames


def ones(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


class Packet:
    """One IPv4 packet, taken apart."""

    def __init__(self, number, when, frame, length):
        self.number, self.when = number, when
        ip = frame[14:]
        ihl = (ip[0] & 15) * 4
        self.tos, self.total, self.id, frag = struct.unpack("!xBHHH", ip[:8])
        self.ttl, self.proto = ip[8], ip[9]
        self.src, self.dst = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
        self.df, self.fragment = bool(frag & 0x4000), bool(frag & 0x3FFF)
        self.cut = len(frame) < length
        self.header_ok = ones(ip[:ihl]) == 0xFFFF
        self.l4 = ip[ihl:self.total]
        self.raw_addresses = ip[12:20]
        self.sport = self.dport = 0
        self.payload = self.l4
        self.fields = ()
        if not self.fragment and self.proto == 6:
            (self.sport, self.dport, seq, ack, off, self.flags, win, _,
             urg) = struct.unpack("!HHIIBBHHH", self.l4[:20])
            hl = (off >> 4) * 4
            self.seq = seq
            self.fields = (seq, ack, self.flags, win, urg, self.l4[20:hl])
            self.payload = self.l4[hl:]
        elif not self.fragment and self.proto == 17:
            self.sport, self.dport = struct.unpack("!HH", self.l4[:4])
            self.payload = self.l4[8:]

    def checksum_ok(self):
        if not self.header_ok:
            return False
        if self.cut or self.fragment:
            return True
        if self.proto == 1:
            return ones(self.l4) == 0xFFFF
        if self.proto == 17 and self.l4[6:8] == b"\0\0":
            return True
        if self.proto in (6, 17):
            pseudo = self.raw_addresses + struct.pack("!BBH", 0, self.proto, len(self.l4))
            return ones(pseudo + self.l4) == 0xFFFF
        return True


def ipv6_checksum_ok(frame):
    ip = frame[14:]
    size, proto = struct.unpack("!HB", ip[4:7])
    body = ip[40:40 + size]
    if proto not in (6, 17, 58) or len(body) < size:
        return True
    return ones(ip[8:40] + struct.pack("!IBBBB", size, 0, 0, 0, proto) + body) == 0xFFFF


def ipv4(frames):
    return [Packet(n, t, f, l) for n, (t, f, l) in enumerate(frames, 1)
            if f[12:14] == b"\x08\x00"]


def is_vm(a):
    return a.startswith(VM_NET) and a not in (GATEWAY, VM_NET + "255")


def embedded(p):
    """Of an ICMP error: the packet it complains about (as far as it is there)."""
    inner = p.l4[8:]
    ihl = (inner[0] & 15) * 4
    sport, dport = struct.unpack("!HH", inner[ihl:ihl + 4])
    return (inner[9], socket.inet_ntoa(inner[12:16]), socket.inet_ntoa(inner[16:20]),
            sport, dport)


def flow_key(p, inside):
    """(key, direction, what has to be equal), or None if it is not forwarded."""
    outbound = is_vm(p.src) if inside else p.src == HOST
    near, far = (p.src, p.dst) if outbound else (p.dst, p.src)
    nport, fport = (p.sport, p.dport) if outbound else (p.dport, p.sport)
    if inside:
        if not is_vm(near) or far.startswith(VM_NET) or far == HOST:
            return None
        if far in ("255.255.255.255", "0.0.0.0") or int(far.split(".")[0]) >= 224:
            return None
        if outbound and p.ttl <= 1:
            return None
        nport = FORWARDED.get((near, nport), nport)
        ttl = p.ttl - 1 if outbound else p.ttl + 1
    else:
        ttl = p.ttl
    if p.proto == 1:
        kind = p.l4[0]
        if kind in (0, 8):
            # The sides may use different identifiers; type, number and data
            # have to agree.
            return (1, far, "echo"), outbound, (kind, p.l4[6:], p.id, p.tos, p.df, ttl)
        proto, src, dst, sport, dport = embedded(p)
        if proto == 1:
            sport = dport = 0
        if inside:
            src, dst = (HOST if is_vm(a) else a for a in (src, dst))
            sport = FORWARDED.get((near, sport), sport)
        return ((1, far, "error"), outbound,
                (kind, p.l4[1], p.l4[4:8], proto, src, dst, sport, dport, p.tos, ttl))
    return ((p.proto, far, fport, nport), outbound,
            (p.fields, p.payload, p.cut, p.id, p.tos, p.df, ttl, p.total))


def same(a, b):
    """Equal, where one of two payloads may be shortened by the capture."""
    if len(a) == 8 and (a[2] or b[2]):
        n = min(len(a[1]), len(b[1]))
        return a[0] == b[0] and a[1][:n] == b[1][:n] and a[3:] == b[3:]
    return a == b


PROTO = {1: "icmp", 6: "tcp", 17: "udp"}


def compare(vm, uplink, verbose):
    flows, broken, alone = {}, set(), []
    for side, packets in ((0, vm), (1, uplink)):
        for p in packets:
            if p.fragment:
                broken.add((p.proto, p.src if is_vm(p.dst) or p.dst == HOST else p.dst))
    for side, packets in ((0, vm), (1, uplink)):
        for p in packets:
            found = None
            if not p.fragment:
                found = flow_key(p, side == 0)
            if found is None or (found[0][0], found[0][1]) in broken:
                alone.append((side, p, "fragmented" if p.fragment or found else "local"))
                continue
            key, outbound, what = found
            flows.setdefault(key, {}).setdefault(outbound, ([], []))[side].append((what, p))
    good, bad, count = 0, [], 0
    for key in sorted(flows, key=str):
        for outbound, (a, b) in flows[key].items():
            label = "%s %s %s" % (PROTO.get(key[0], key[0]), key[1:], "out" if outbound else "in")
            if not a:
                # Only on the uplink: the host's own (its source ports are
                # below the guests'), or traffic with ports it does not forward.
                alone += [(1, p, "host's own") for _, p in b]
                continue
            if len(a) != len(b):
                bad.append("%s: %d packets at the VM, %d on the uplink" % (label, len(a), len(b)))
            elif not all(same(x[0], y[0]) for x, y in zip(a, b)):
                n = next(i for i, (x, y) in enumerate(zip(a, b)) if not same(x[0], y[0]))
                bad.append("%s: packet %d differs (frames %d and %d)"
                           % (label, n + 1, a[n][1].number, b[n][1].number))
            else:
                good += 1
                count += len(a)
                if verbose:
                    print("      same  %-55s %5d packets %s" % (
                        label, len(a), "(cut)" if any(p.cut for _, p in a + b) else ""))
    if verbose:
        seen = {}
        for side, p, why in alone:
            k = (("vm", "uplink")[side], why, PROTO.get(p.proto, p.proto), p.src, p.dst,
                 "ttl 1" if p.ttl <= 1 else "")
            seen[k] = seen.get(k, 0) + 1
        for k, n in sorted(seen.items(), key=str):
            print("      apart %-6s %-10s %-5s %s > %s %s: %d" % (*k, n))
    return good, count, bad


def streams(packets, inside):
    """The bytes of each direction of each TCP connection, put together."""
    out = {}
    for p in packets:
        if p.proto != 6 or p.fragment:
            continue
        found = flow_key(p, inside)
        if found is None:
            continue
        d = out.setdefault((found[0], found[1]), {})
        if p.payload:
            d[p.seq] = p.payload
    joined = {}
    for k, d in out.items():
        text, end = b"", None
        for seq in sorted(d):
            piece = d[seq] if end is None or seq >= end else d[seq][end - seq:]
            text += piece
            end = max(end or 0, seq + len(d[seq]))
        joined[k] = text
    return joined


def main():
    verbose = "-v" in sys.argv
    names = [a for a in sys.argv[1:] if a != "-v"] or ["web", "mixed", "inbound", "offload"]
    failed = False

    def report(ok, text):
        nonlocal failed
        failed = failed or not ok
        print("   %s %s" % ("ok  " if ok else "FAIL", text))

    total = 0
    for name in names:
        print(name)
        sides = {}
        for side in ("vm", "uplink"):
            path = os.path.join(HERE, "%s-%s.pcap" % (name, side))
            total += os.path.getsize(path)
            frames = read(path)
            sides[side] = ipv4(frames)
            kinds = {}
            for _, f, _ in frames:
                kinds[f[12:14]] = kinds.get(f[12:14], 0) + 1
            back = sum(1 for a, b in zip(frames, frames[1:]) if b[0] < a[0])
            print("   %-6s %5d frames: %d IPv4, %d IPv6, %d ARP; %d shortened; %.1f s; "
                  "longest %d; %d out of time order; %d bytes"
                  % (side, len(frames), kinds.get(b"\x08\x00", 0), kinds.get(b"\x86\xdd", 0),
                     kinds.get(b"\x08\x06", 0), sum(len(f) < n for _, f, n in frames),
                     frames[-1][0] - frames[0][0], max(n for _, _, n in frames), back,
                     os.path.getsize(path)))
            wrong = [p.number for p in sides[side] if not p.checksum_ok()]
            wrong += [n for n, (_, f, _) in enumerate(frames, 1)
                      if f[12:14] == b"\x86\xdd" and not ipv6_checksum_ok(f)]
            longest = max(n for _, _, n in frames)
            if name == "offload":
                report(longest > 1514, "%s: super-frames" % side)
                report(len(wrong) > 0, "%s: %d unfinished checksums" % (side, len(wrong)))
                continue
            report(not wrong, "%s: checksums%s" % (side, " - wrong in frames %s" % wrong[:9] if wrong else ""))
            report(longest <= 1514, "%s: no super-frames" % side)
            twice, last = 0, {}
            for t, f, _ in frames:
                if f[12:14] == b"\x08\x00":
                    twice += t - last.get(f, -1) < 0.005
                    last[f] = t
            report(twice == 0, "%s: no frame twice" % side)
        if name == "offload":
            a, b = streams(sides["vm"], True), streams(sides["uplink"], False)
            differ = [k for k in a if a[k] != b.get(k)]
            report(not differ, "%d TCP directions, %d bytes: same bytes on both sides %s"
                   % (len(a), sum(map(len, a.values())), differ or ""))
        else:
            good, count, bad = compare(sides["vm"], sides["uplink"], verbose)
            report(not bad, "%d flow directions with %d packets are the same on both sides"
                   % (good, count))
            for line in bad:
                print("        ", line)
    print("%d bytes of recordings" % total)
    if len(names) == 4:
        report(total < 6000000, "less than 6 MB")
    sys.exit(1 if failed else 0)


main()
