#!/usr/bin/env python3
"""Servers and clients for the recording laboratory (see record.sh).

These programs only use the ordinary socket calls, so every packet they cause
is made by the kernel's TCP/IP stack.  The last command, `shorten`, is the one
thing that works on a file instead of a network.

SPDX-License-Identifier: Apache-2.0
"""

import http.server
import os
import socket
import ssl
import struct
import sys
import threading
import time


# --- servers -------------------------------------------------------------

class Handler(http.server.SimpleHTTPRequestHandler):
    """Files below the current directory, and PUT, which only counts bytes."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        left = int(self.headers.get("Content-Length", "0"))
        got = 0
        if self.headers.get("Expect", "").lower() == "100-continue":
            pass  # the base class has answered that already
        while left > 0:
            piece = self.rfile.read(min(left, 65536))
            if not piece:
                break
            got += len(piece)
            left -= len(piece)
        body = b"received %d bytes\n" % got
        self.send_response(201)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class DualStackServer(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 32

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        # Not HTTPServer.server_bind: it would ask the name service who we are.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "lab", self.server_address[1]

    def handle_error(self, request, client_address):
        pass


def serve_http(port, directory, cert=None):
    os.chdir(directory)
    server = DualStackServer(("::", port), Handler)
    if cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


def serve_misc(addresses):
    """UDP echo on 7 of each address, TCP echo on 7, a rude server on 9001."""

    def udp(address):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((address, 7))
        while True:
            data, peer = s.recvfrom(65535)
            s.sendto(data, peer)

    def tcp(port, talk):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("0.0.0.0", port))
        s.listen(16)
        while True:
            c, _ = s.accept()
            threading.Thread(target=talk, args=(c,), daemon=True).start()

    def echo(c):
        while True:
            data = c.recv(65536)
            if not data:
                break
            c.sendall(data)
        c.close()

    def rude(c):
        # Sends some of what was asked for, then closes with SO_LINGER 0: the
        # kernel answers with RST instead of FIN.
        c.recv(65536)
        c.sendall(b"the first half of an answer\n" * 40)
        time.sleep(0.15)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        c.close()

    for a in addresses:
        threading.Thread(target=udp, args=(a,), daemon=True).start()
    threading.Thread(target=tcp, args=(9001, rude), daemon=True).start()
    tcp(7, echo)


# --- clients -------------------------------------------------------------

def udp_client(host, port, sizes):
    """One connected UDP socket; a datagram and its answer per size."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # Path-MTU discovery off for this socket: big datagrams leave as fragments.
    s.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER = DONT
    s.settimeout(1.0)
    s.connect((host, port))
    for n, size in enumerate(sizes):
        data = (b"datagram %02d " % n + bytes(range(48, 123)) * (size // 75 + 1))[:size]
        try:
            s.send(data)
            answer = s.recv(65535)
            print("udp", size, "same" if answer == data else "DIFFERENT")
        except socket.timeout:
            print("udp", size, "no answer")
        except ConnectionRefusedError:
            print("udp", size, "refused (ICMP port unreachable)")
        time.sleep(0.05)


def tcp_idle(host, port, seconds):
    """Speaks, keeps quiet for a while, speaks again on the same connection."""
    s = socket.create_connection((host, port))
    for text in (b"before the pause\n", b"after the pause\n"):
        s.sendall(text)
        if s.recv(1000) != text:
            sys.exit("idle: wrong echo")
        if text.startswith(b"before"):
            time.sleep(seconds)
    s.close()
    print("idle connection survived", seconds, "s")


def tcp_reset(host, port):
    s = socket.create_connection((host, port))
    s.sendall(b"give me something long\n")
    got = 0
    try:
        while True:
            data = s.recv(65536)
            if not data:
                break
            got += len(data)
        print("reset: a FIN came, not a RST")
    except ConnectionResetError:
        print("reset by the peer after", got, "bytes")


def tcp_abort(host, port):
    """The client's own reset: SO_LINGER 0 with data under way."""
    s = socket.create_connection((host, port))
    s.sendall(b"never mind\n")
    s.recv(1000)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
    print("aborted")


def tcp_try(host, port, seconds):
    """A connection that is expected to fail."""
    try:
        socket.create_connection((host, port), timeout=seconds).close()
        print("connected")
    except ConnectionRefusedError:
        print("refused")
    except socket.timeout:
        print("no answer")
    except OSError as e:
        print("failed:", e.strerror)


# --- files ---------------------------------------------------------------

def shorten(source, target, snaplen, hosts):
    """Copy a pcap file; cut the packets to or from `hosts` to `snaplen` bytes.

    That is what tcpdump -s does, only for chosen flows: the original length
    stays in the record header, and no byte that is kept changes.
    """
    wanted = [socket.inet_aton(h) for h in hosts]
    with open(source, "rb") as f:
        data = f.read()
    if data[:4] != b"\xd4\xc3\xb2\xa1":
        sys.exit("shorten: not a little-endian microsecond pcap file")
    out, at, cut = bytearray(data[:24]), 24, 0
    while at + 16 <= len(data):
        sec, usec, caplen, length = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + caplen]
        at += 16 + caplen
        if (frame[12:14] == b"\x08\x00" and caplen > snaplen
                and (frame[26:30] in wanted or frame[30:34] in wanted)):
            frame = frame[:snaplen]
            cut += 1
        out += struct.pack("<IIII", sec, usec, len(frame), length) + frame
    with open(target, "wb") as f:
        f.write(out)
    print("shortened", cut, "packets")


def main(argv):
    what, args = argv[1], argv[2:]
    if what == "http":
        serve_http(int(args[0]), args[1])
    elif what == "https":
        serve_http(int(args[0]), args[1], args[2])
    elif what == "misc":
        serve_misc(args)
    elif what == "udp":
        udp_client(args[0], int(args[1]), [int(a) for a in args[2:]])
    elif what == "idle":
        tcp_idle(args[0], int(args[1]), float(args[2]))
    elif what == "reset":
        tcp_reset(args[0], int(args[1]))
    elif what == "abort":
        tcp_abort(args[0], int(args[1]))
    elif what == "try":
        tcp_try(args[0], int(args[1]), float(args[2]))
    elif what == "shorten":
        shorten(args[0], args[1], int(args[2]), args[3:])
    else:
        sys.exit("lab.py: what is '%s'?" % what)


main(sys.argv)
