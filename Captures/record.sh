#!/bin/sh
# Makes the recordings in this directory from real TCP/IP stacks.
#
#   record.sh [web] [mixed] [inbound] [offload]     (default: all four)
#   OUT=directory record.sh ...                     (default: beside this script)
#
# A small world of Linux network namespaces is built for each recording:
#
#   vm1 .5 --+                                    +-- lan 192.168.1.50
#            +-- bridge100 [host] en0 --- br-lan [gw] wan --- [isp] --- [core]
#   vm2 .6 --+   192.168.64.1     .20      192.168.1.1                  /  |  \
#                                                                    srv   |  [edge] -- far
#                                                     client 81.2.69.77 ---+  (MTU 1400 link)
#
# The kernel's own stacks, dnsmasq, dhclient, OpenSSH, curl, traceroute and
# Python's HTTP(S) server make the traffic; tcpdump writes it down on bridge100
# (NAME-vm.pcap) and on the host's en0 (NAME-uplink.pcap) at the same time.
#
# Everything runs in private mount, network, PID, UTS and IPC namespaces: /run,
# /tmp, /var/lib, /var/log are empty and in memory, /etc is a copy in memory, the
# root file system is read-only, and when the script ends the kernel takes the
# whole world away: there is nothing to clean up, even after kill -9.
# The only thing left behind are the files in $OUT.
#
# SPDX-License-Identifier: Apache-2.0
set -eu

here=$(cd "$(dirname "$0")" && pwd)

need() {
    missing=
    while read -r program package; do
        [ -n "$program" ] || continue
        command -v "$program" >/dev/null 2>&1 ||
            missing="$missing
    $program (Debian package $package)"
    done <<LIST
ip iproute2
ss iproute2
ethtool ethtool
tc iproute2
nft nftables
tcpdump tcpdump
dnsmasq dnsmasq-base
dhclient isc-dhcp-client
sshd openssh-server
ssh openssh-client
ssh-keygen openssh-client
curl curl
dig bind9-dnsutils
openssl openssl
ping iputils-ping
traceroute traceroute
python3 python3
unshare util-linux
taskset util-linux
LIST
    if [ -n "$missing" ]; then
        echo "record.sh: these programs are missing:$missing" >&2
        exit 1
    fi
}

say() { echo "== $*"; }
die() { echo "record.sh: $*" >&2; exit 1; }

# ---------------------------------------------------------------------------
# Outside: check, then start again inside fresh namespaces.

if [ "${PFSIM_LAB:-}" != inside ]; then
    PATH=$PATH:/usr/sbin:/sbin
    export PATH
    [ "$(uname -s)" = Linux ] || die "this needs Linux (network namespaces)"
    need
    [ "$(id -u)" = 0 ] || die "this needs root (it only changes its own namespaces)"
    OUT=${OUT:-$here}
    [ -d "$OUT" ] || die "no directory $OUT"
    OUT=$(cd "$OUT" && pwd)
    [ $# -gt 0 ] || set -- web mixed inbound offload
    for name; do
        case $name in
        web | mixed | inbound | offload) ;;
        *) die "no recording is called '$name' (web, mixed, inbound, offload)" ;;
        esac
    done
    # One CPU for everything: frames queued on two CPUs can overtake each other,
    # and both files have to show one order.  A new world for every recording,
    # so that no cache (path MTU, TCP metrics, neighbours) leaks into the next.
    for name; do
        PFSIM_LAB=inside OUT=$OUT taskset -c 0 \
            unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc \
            "$here/record.sh" "$name"
    done
    exit 0
fi

# ---------------------------------------------------------------------------
# Inside.  We are process 1 of the PID namespace: when we leave, all others die.

name=$1
L=/run/lab
PY="python3 /run/lab/lab.py"
KEEP_OFFLOADS=no
[ "$name" != offload ] || KEEP_OFFLOADS=yes

private_files() {
    mount --make-rprivate /
    hostname lab
    # First of all, in case $OUT is below one of the directories hidden next.
    mount --bind "$OUT" /mnt
    mount -t tmpfs -o mode=0755 tmpfs /run
    mkdir -p $L/etc /run/sshd /run/netns
    cp "$here/lab.py" $L/
    for d in /tmp /var/log /var/lib; do
        mount -t tmpfs -o mode=0755 tmpfs $d
    done
    mkdir -p /var/lib/dhcp
    cp -a /etc/. $L/etc/
    mount --bind $L/etc /etc
    : >>/etc/resolv.conf
    # Names only come from the laboratory's DNS.
    printf '127.0.0.1 localhost lab\n' >/etc/hosts
    mount -o remount,bind,ro /
    if ( : >/usr/.pfsim-lab ) 2>/dev/null; then die "the root file system is still writable"; fi
    mkdir -p $L/www $L/log
    cd $L
}

# in_ns NAMESPACE COMMAND...
in_ns() { ip netns exec "$@"; }
vm1() { ip netns exec vm1 "$@"; }
vm2() { ip netns exec vm2 "$@"; }
lan() { ip netns exec lan "$@"; }

# note WHAT COMMAND...: run it, keep its words in the log, never stop the script
# (several of the commands are meant to fail).
note() {
    what=$1
    shift
    if "$@" >"$L/log/last" 2>&1; then result=ok; else result="status $?"; fi
    printf '   %-34s %-9s %s\n' "$what" "$result" "$(tail -n 1 $L/log/last | cut -c1-90)"
}

# cable NS IF MAC NS IF MAC [MTU]
cable() {
    ip link add "$2" netns "$1" address "$3" mtu "${7:-1500}" type veth \
        peer name "$5" netns "$4" address "$6" mtu "${7:-1500}"
    offloads "$1" "$2"
    offloads "$4" "$5"
}

offloads() {
    if [ $KEEP_OFFLOADS = yes ]; then
        # veth leaves GRO off by default; with it, received segments merge as well.
        in_ns "$1" ethtool -K "$2" gro on >/dev/null 2>&1 || true
        return
    fi
    # The bridge knows some of these only as fixed, hence one at a time.
    for f in tso gso gro lro tx rx sg txvlan rxvlan; do
        in_ns "$1" ethtool -K "$2" $f off >/dev/null 2>&1 || true
    done
    for f in tx-checksumming tcp-segmentation-offload \
        generic-segmentation-offload generic-receive-offload; do
        if in_ns "$1" ethtool -k "$2" | grep -q "^$f: on"; then
            die "$f of $2 stays on"
        fi
    done
}

sysctl_in() {
    ns=$1
    shift
    for kv; do
        in_ns "$ns" sh -c "echo '${kv#*=}' >/proc/sys/$(echo "${kv%%=*}" | tr . /)" ||
            die "sysctl $kv in $ns"
    done
}

router() {
    sysctl_in "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
        net.ipv4.icmp_ratelimit=0
}

# at NS IF ADDRESS...
at() {
    ns=$1 dev=$2
    shift 2
    for a; do
        case $a in
        *:*) in_ns "$ns" ip address add "$a" dev "$dev" nodad ;;
        *) in_ns "$ns" ip address add "$a" dev "$dev" ;;
        esac
    done
    in_ns "$ns" ip link set "$dev" up
}

# route NS WHAT... (4 and 6 told apart by the text)
route() {
    ns=$1
    shift
    case "$*" in
    *:*) in_ns "$ns" ip -6 route add "$@" ;;
    *) in_ns "$ns" ip route add "$@" ;;
    esac
}

build() {
    for ns in vm1 vm2 host gw lan isp core srv edge far client; do
        ip netns add $ns
        in_ns $ns ip link set lo up
        mkdir -p /etc/netns/$ns
        echo "nameserver 1.1.1.1" >/etc/netns/$ns/resolv.conf
        # No router advertisements except where a VM wants them.
        sysctl_in $ns net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.all.accept_ra=0
    done
    # The VMs ask their gateway for names, as DHCP tells them to.
    for ns in vm1 vm2; do
        echo "nameserver 192.168.64.1" >/etc/netns/$ns/resolv.conf
        sysctl_in $ns net.ipv6.conf.default.accept_ra=1 net.ipv6.conf.all.accept_ra=1
    done
    # Apart from each other, so that the masquerade never has to pick another
    # port and the host's own traffic can be told from its guests'.
    sysctl_in vm1 net.ipv4.ip_local_port_range="49152 54999"
    sysctl_in vm2 net.ipv4.ip_local_port_range="55000 60999"
    sysctl_in host net.ipv4.ip_local_port_range="40000 45000"

    # The VMs' network.
    cable vm1 eth0 02:00:64:00:00:05 host vmenet0 fe:00:64:00:00:05
    cable vm2 eth0 02:00:64:00:00:06 host vmenet1 fe:00:64:00:00:06
    in_ns host ip link add bridge100 address 02:00:64:00:00:01 type bridge \
        stp_state 0 forward_delay 0 mcast_snooping 0
    offloads host bridge100
    for p in vmenet0 vmenet1; do
        # The ports are no hosts: no IPv6 of their own on them.
        sysctl_in host net.ipv6.conf.$p.disable_ipv6=1
        in_ns host ip link set $p master bridge100 up
    done
    # Bridged frames must not visit the IP hooks (connection tracking would
    # reassemble their fragments).
    if in_ns host test -e /proc/sys/net/bridge/bridge-nf-call-iptables; then
        sysctl_in host net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
        sysctl_in gw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
    fi
    router host
    at host bridge100 192.168.64.1/24 fd84:d0eb:5505:fa25::1/64

    # The LAN and its router.
    cable host en0 02:00:01:00:00:14 gw port1 fe:00:01:00:00:14
    cable lan eth0 02:00:01:00:00:32 gw port2 fe:00:01:00:00:32
    in_ns gw ip link add br-lan address 02:00:01:00:00:01 type bridge \
        stp_state 0 forward_delay 0 mcast_snooping 0
    offloads gw br-lan
    for p in port1 port2; do
        sysctl_in gw net.ipv6.conf.$p.disable_ipv6=1
        in_ns gw ip link set $p master br-lan up
    done
    router gw
    at gw br-lan 192.168.1.1/24 2001:db8:1::1/64
    at host en0 192.168.1.20/24 2001:db8:1::20/64
    at lan eth0 192.168.1.50/24 2001:db8:1::50/64
    for ns in host lan; do
        route $ns default via 192.168.1.1
        route $ns default via 2001:db8:1::1
    done

    # The Internet.
    cable gw wan 02:00:98:00:00:02 isp home 02:00:98:00:00:01
    cable isp trunk 02:00:98:00:00:05 core net0 02:00:98:00:00:06
    cable core net1 02:00:98:00:01:01 srv eth0 02:00:98:00:01:0a
    cable core net2 02:00:98:00:02:09 edge west 02:00:98:00:02:0a 1400
    cable edge east 02:00:98:00:03:0d far eth0 02:00:98:00:03:0e
    cable core net3 02:00:98:00:04:11 client eth0 02:00:98:00:04:12
    router isp
    router core
    router edge
    at gw wan 62.115.44.2/30 2001:db8:ffff:1::2/64
    at isp home 62.115.44.1/30 2001:db8:ffff:1::1/64
    at isp trunk 62.115.44.5/30 2001:db8:ffff:2::1/64
    at core net0 62.115.44.6/30 2001:db8:ffff:2::2/64
    at core net1 151.101.2.1/25 2001:db8:ffff:3::1/64
    at srv eth0 151.101.2.10/25 151.101.2.11/25 151.101.2.80/25 151.101.2.81/25 \
        1.1.1.1/32 93.184.216.34/32 140.82.121.4/32 \
        2001:db8:ffff:3::2/64 2001:db8:5db8:d822::34/128
    at core net2 62.115.44.9/30
    at edge west 62.115.44.10/30
    at edge east 62.115.44.13/30
    at far eth0 62.115.44.14/30 151.101.2.140/32 151.101.2.141/32
    at core net3 62.115.44.17/30
    at client eth0 62.115.44.18/30 81.2.69.77/32
    route gw default via 62.115.44.1
    route gw default via 2001:db8:ffff:1::1
    route isp default via 62.115.44.6
    route isp 2001:db8:1::/64 via 2001:db8:ffff:1::2
    route isp default via 2001:db8:ffff:2::2
    route core default via 62.115.44.5
    route core default via 2001:db8:ffff:2::1
    for a in 1.1.1.1 93.184.216.34 140.82.121.4; do route core $a/32 dev net1; done
    route core 2001:db8:5db8:d822::/64 via 2001:db8:ffff:3::2
    for a in 151.101.2.140 151.101.2.141; do
        route core $a/32 via 62.115.44.10
        route edge $a/32 dev east
    done
    route core 81.2.69.77/32 via 62.115.44.18
    # Nobody answers for this one: its packets vanish without a word.
    route core blackhole 151.101.2.66/32
    route edge default via 62.115.44.9
    route srv default via 151.101.2.1
    route srv default via 2001:db8:ffff:3::1
    route far default via 62.115.44.13 src 151.101.2.140
    route client default via 62.115.44.17 src 81.2.69.77

    if [ $KEEP_OFFLOADS = no ]; then
        # A line of 40 Mbit/s with a queue nobody fills: acknowledgements get
        # spread out as on a real line, and nothing is lost.
        in_ns isp tc qdisc add dev home root tbf rate 40mbit burst 16k limit 4m
        in_ns gw tc qdisc add dev wan root tbf rate 40mbit burst 16k limit 4m
    fi

    in_ns host nft -f - <<NFT
table inet nat {
    chain inbound {
        type nat hook prerouting priority dstnat;
        iifname "en0" ip daddr 192.168.1.20 tcp dport 2222 dnat ip to 192.168.64.5:22
        iifname "en0" ip daddr 192.168.1.20 tcp dport 8080 dnat ip to 192.168.64.5:80
        iifname "en0" ip daddr 192.168.1.20 tcp dport 2224 dnat ip to 192.168.64.5:24
    }
    chain outbound {
        type nat hook postrouting priority srcnat;
        oifname "en0" ip saddr 192.168.64.0/24 masquerade
        oifname "en0" ip6 saddr fd84:d0eb:5505:fa25::/64 masquerade
    }
}
NFT
    in_ns gw nft -f - <<NFT
table ip nat {
    chain inbound {
        type nat hook prerouting priority dstnat;
        iifname "wan" tcp dport 2222 dnat to 192.168.1.20:2222
    }
    chain outbound {
        type nat hook postrouting priority srcnat;
        oifname "wan" ip saddr 192.168.1.0/24 masquerade
    }
}
NFT
}

# ---------------------------------------------------------------------------
# Servers.

wait_port() { # NS PORT
    n=0
    until in_ns "$1" ss -Hlnt "sport = :$2" | grep -q .; do
        n=$((n + 1))
        [ $n -lt 100 ] || die "nothing listens on port $2 in $1 (see below)
$(tail -n 5 $L/log/* 2>/dev/null)"
        sleep 0.1
    done
}

start_sshd() {
    in_ns "$1" "$(command -v sshd)" -f $L/sshd_config -E $L/log/sshd-"$1"
    wait_port "$1" 22
}

start_http() {
    in_ns "$1" $PY http "$2" $L/www >>$L/log/http-"$1" 2>&1 &
    wait_port "$1" "$2"
}

servers() {
    # Lines of text: what is lost, doubled or misplaced is seen at once, and
    # git can pack it.
    seq -f 'line %07.0f of a file that a server in the laboratory hands out' 1 30000 |
        head -c 1500000 >www/big.txt
    head -c 1500000 www/big.txt >upload.txt
    head -c 150000 www/big.txt >www/150k.txt
    head -c 60000 www/big.txt >www/60k.txt
    head -c 40000 www/big.txt >www/40k.txt
    head -c 9000 www/big.txt >www/9k.txt
    printf '<!doctype html>\n<title>laboratory</title>\n<p>Hello from a real server.</p>\n' >www/index.html

    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=www.example.com -keyout tls.key -out tls.crt 2>log/openssl
    cat tls.key tls.crt >tls.pem
    ssh-keygen -q -t ed25519 -N '' -C lab -f hostkey
    ssh-keygen -q -t ed25519 -N '' -C lab -f userkey
    cat >sshd_config <<SSHD
Port 22
AddressFamily inet
HostKey $L/hostkey
AuthorizedKeysFile $L/userkey.pub
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
UseDNS no
PidFile none
SSHD

    in_ns srv dnsmasq -C /dev/null --no-hosts --no-resolv --bind-interfaces \
        --listen-address=1.1.1.1 --pid-file=$L/dns-srv.pid --user=root --no-daemon \
        --log-facility=$L/log/dns-srv \
        --host-record=www.example.com,93.184.216.34 \
        --host-record=files.example.net,151.101.2.80 \
        --host-record=git.example.org,140.82.121.4 \
        --host-record=far.example.net,151.101.2.140 \
        --host-record=ipv6.example.com,2001:db8:5db8:d822::34 \
        --txt-record=example.com,"a text record" \
        --local=/example.com/ --local=/example.net/ --local=/example.org/ >/dev/null 2>&1 &
    wait_port srv 53

    # The host's dnsmasq is what vmnet's bootpd and DNS proxy are on a Mac.
    in_ns host dnsmasq -C /dev/null --no-hosts --no-resolv --server=1.1.1.1 \
        --interface=bridge100 --except-interface=lo --bind-interfaces \
        --min-port=40000 --max-port=45000 --cache-size=0 \
        --dhcp-authoritative --no-ping --dhcp-leasefile=$L/leases \
        --dhcp-range=192.168.64.2,192.168.64.254,255.255.255.0,86400 \
        --dhcp-host=02:00:64:00:00:05,192.168.64.5,vm1 \
        --dhcp-host=02:00:64:00:00:06,192.168.64.6,vm2 \
        --dhcp-range=fd84:d0eb:5505:fa25::,ra-only,64,86400 --enable-ra \
        --pid-file=$L/dns-host.pid --user=root --no-daemon \
        --log-facility=$L/log/dns-host >/dev/null 2>&1 &
    wait_port host 53

    in_ns srv $PY https 443 $L/www $L/tls.pem >>log/https 2>&1 &
    wait_port srv 443
    in_ns srv $PY misc 151.101.2.10 151.101.2.11 >>log/misc 2>&1 &
    wait_port srv 7
    start_http srv 80
    start_sshd srv
    start_http far 80
    start_http lan 80
    start_sshd lan
    start_http host 8000
}

vm_servers() {
    start_http "$1" 80
    start_sshd "$1"
    in_ns "$1" $PY misc "$2" >>log/misc-"$1" 2>&1 &
    wait_port "$1" 7
}

# ---------------------------------------------------------------------------
# Clients.

cat_dhclient_script() {
    cat <<'DHCP'
#!/bin/sh
# Only what the VM needs; resolv.conf is prepared already.
case $reason in
BOUND | RENEW | REBIND | REBOOT)
    ip address replace "$new_ip_address/$new_subnet_mask" dev "$interface"
    ip route replace default via "$new_routers"
    ;;
esac
DHCP
}

# boot NS: a VM's link comes up, DHCP and router solicitation run.
boot() {
    cat_dhclient_script >dhclient-script
    chmod +x dhclient-script
    cat >dhclient-"$1".conf <<DHCP
timeout 10;
send host-name "$1";
request subnet-mask, broadcast-address, routers, domain-name-servers, interface-mtu;
DHCP
    in_ns "$1" ip link set eth0 up
    note "$1: DHCP" in_ns "$1" dhclient -1 -q -cf $L/dhclient-"$1".conf \
        -lf $L/dhclient-"$1".leases -pf $L/dhclient-"$1".pid -sf $L/dhclient-script eth0
    n=0
    until in_ns "$1" ip -6 route | grep -q '^default' &&
        in_ns "$1" ip -6 address show dev eth0 scope global | grep -q inet6 &&
        ! in_ns "$1" ip -6 address show dev eth0 | grep -q tentative; do
        n=$((n + 1))
        [ $n -lt 100 ] || die "no router advertisement reached $1"
        sleep 0.1
    done
}

fetch1() { vm1 curl -sS --max-time 20 -o /dev/null -w '%{http_code} %{size_download} down %{size_upload} up\n' "$@"; }
fetch2() { vm2 curl -sS --max-time 20 -o /dev/null -w '%{http_code} %{size_download} down %{size_upload} up\n' "$@"; }
login_from() { # NS HOST PORT COMMAND
    ip netns exec "$1" ssh -F none -i $L/userkey -p "$3" -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o ConnectTimeout=8 \
        -o LogLevel=ERROR root@"$2" "$4"
}

# ---------------------------------------------------------------------------
# Capture.

start_capture() {
    for side in vm:bridge100 uplink:en0; do
        # -s 0: whole packets.  A buffer of 64 MB, so that none is lost.
        # (Not through in_ns: $! has to be tcpdump itself, not a subshell.)
        ip netns exec host tcpdump -i "${side#*:}" -n -s 0 -B 65536 -U -Z root \
            --time-stamp-precision=micro -w $L/"${side%%:*}".pcap 2>$L/log/tcpdump-"${side%%:*}" &
        eval "pid_${side%%:*}=$!"
    done
    for side in vm uplink; do
        n=0
        until grep -q 'listening on' $L/log/tcpdump-$side; do
            n=$((n + 1))
            [ $n -lt 100 ] || die "tcpdump does not start: $(cat $L/log/tcpdump-$side)"
            sleep 0.1
        done
    done
    sleep 0.5
}

stop_capture() {
    # Late FINs and neighbour checks still belong to the recording.
    sleep 2
    # Not INT: a script's background jobs start with that ignored.
    kill -TERM $pid_vm $pid_uplink
    wait $pid_vm $pid_uplink || true
    for side in vm uplink; do
        grep -q '^0 packets dropped by kernel' $L/log/tcpdump-$side ||
            die "the $side capture lost packets: $(cat $L/log/tcpdump-$side)"
    done
    if [ "$name" = web ]; then
        # Two transfers of 1.5 MB each in two files would be more than the
        # repository wants to carry.  The VM's side keeps all of it; here the
        # packets of those two flows keep their first 96 bytes.
        $PY shorten uplink.pcap short.pcap 96 151.101.2.80 151.101.2.81
        mv short.pcap uplink.pcap
    fi
    for side in vm uplink; do
        cp $side.pcap "/mnt/$name-$side.pcap"
        chmod 644 "/mnt/$name-$side.pcap"
        echo "   $name-$side.pcap: $(wc -c <$side.pcap) bytes"
    done
}

# ---------------------------------------------------------------------------
# The recordings.

record_web() {
    boot vm1
    vm1 $PY idle 151.101.2.10 7 21 >log/idle 2>&1 &
    idle=$!
    note "ping" vm1 ping -n -c 3 -i 0.2 93.184.216.34
    note "DNS, straight to 1.1.1.1" vm1 dig @1.1.1.1 +tries=1 +short www.example.com
    note "DNS, no such name" vm1 dig @1.1.1.1 +tries=1 nowhere.example.com
    note "DNS over TCP" vm1 dig @1.1.1.1 +tcp +tries=1 +short example.com TXT
    note "HTTP by name" fetch1 http://www.example.com/ \
        -o /dev/null http://www.example.com/9k.txt
    note "HTTPS by name" fetch1 -k https://www.example.com/9k.txt
    note "download of 1.5 MB" fetch1 http://151.101.2.80/big.txt
    note "upload of 1.5 MB" fetch1 -T upload.txt http://151.101.2.81/upload.txt
    note "SSH" login_from vm1 git.example.org 22 'seq 1 300'
    note "UDP echo" vm1 $PY udp 151.101.2.10 7 20 500 1400
    note "UDP to a closed port" vm1 $PY udp 151.101.2.10 4444 20
    note "refused" vm1 $PY try 151.101.2.10 81 2
    note "unanswered" vm1 $PY try 151.101.2.66 80 3.5
    note "unanswered UDP" vm1 $PY udp 151.101.2.66 5000 20
    note "reset by the server" vm1 $PY reset 151.101.2.10 9001
    note "reset by the client" vm1 $PY abort 151.101.2.10 7
    note "path MTU, upload behind 1400" fetch1 -T www/40k.txt http://151.101.2.140/40k.txt
    note "path MTU, download behind 1400" fetch1 http://151.101.2.140/40k.txt
    note "path MTU, ping with DF" vm1 ping -n -M do -s 1472 -c 2 -i 0.2 151.101.2.141
    note "fragments, ping of 4000" vm1 ping -n -s 4000 -c 2 -i 0.2 151.101.2.11
    note "fragments, UDP of 5000" vm1 $PY udp 151.101.2.11 7 5000 3000
    note "traceroute, UDP" vm1 traceroute -n -q 1 -w 1 -m 8 151.101.2.141
    note "traceroute, ICMP" vm1 traceroute -I -n -q 1 -w 1 -m 8 93.184.216.34
    note "IPv6 ping to the gateway" vm1 ping -n -c 2 -i 0.2 fd84:d0eb:5505:fa25::1
    note "IPv6 ping" vm1 ping -n -c 2 -i 0.2 2001:db8:5db8:d822::34
    note "IPv6 HTTP by name" fetch1 http://ipv6.example.com/9k.txt
    wait $idle || true
    sed 's/^/   /' log/idle
}

record_mixed() {
    boot vm1
    boot vm2
    vm_servers vm1 192.168.64.5
    vm_servers vm2 192.168.64.6
    # The gateway.
    note "vm1: ping the gateway" vm1 ping -n -c 2 -i 0.2 192.168.64.1
    note "vm1: HTTP of the host" fetch1 http://192.168.64.1:8000/9k.txt
    note "vm1: HTTP, host's LAN address" fetch1 http://192.168.1.20:8000/
    note "vm1: refused by the host" vm1 $PY try 192.168.64.1 81 2
    note "vm1: UDP refused by the host" vm1 $PY udp 192.168.64.1 4444 20
    # The LAN.
    note "vm1: ping the LAN host" vm1 ping -n -c 2 -i 0.2 192.168.1.50
    note "vm1: HTTP on the LAN" fetch1 http://192.168.1.50/9k.txt
    note "vm1: SSH on the LAN" login_from vm1 192.168.1.50 22 'seq 1 100'
    note "vm1: refused on the LAN" vm1 $PY try 192.168.1.50 81 2
    note "vm2: ping the LAN's router" vm2 ping -n -c 2 -i 0.2 192.168.1.1
    # The sibling.
    note "vm1: ping vm2" vm1 ping -n -c 3 -i 0.2 192.168.64.6
    note "vm1: HTTP of vm2" fetch1 http://192.168.64.6/9k.txt
    note "vm1: UDP echo of vm2" vm1 $PY udp 192.168.64.6 7 20 1400
    note "vm2: SSH to vm1" login_from vm2 192.168.64.5 22 'seq 1 100'
    note "vm2: refused by vm1" vm2 $PY try 192.168.64.5 81 2
    note "vm1: IPv6 ping vm2" vm1 ping -n -c 2 -i 0.2 fd84:d0eb:5505:fa25:0:64ff:fe00:6
    # The Internet, both at once.
    note "vm2: HTTP by name" fetch2 http://www.example.com/
    note "vm2: HTTPS by name" fetch2 -k https://www.example.com/9k.txt
    say "both VMs at once"
    # Slowed down by the readers, so that the two overlap for certain.
    vm1 curl -sS --limit-rate 120k -o /dev/null http://151.101.2.80/60k.txt &
    a=$!
    vm2 curl -sS --limit-rate 120k -o /dev/null http://151.101.2.80/60k.txt &
    b=$!
    vm1 curl -sS -o /dev/null -T www/40k.txt http://151.101.2.81/40k.txt &
    c=$!
    vm2 dig @1.1.1.1 +tries=1 +short files.example.net >/dev/null &
    d=$!
    vm2 ping -n -q -c 4 -i 0.2 93.184.216.34 >/dev/null &
    e=$!
    vm1 ping -n -q -c 4 -i 0.2 93.184.216.34 >/dev/null &
    f=$!
    for p in $a $b $c $d $e $f; do wait $p || say "one of them failed"; done
    note "vm2: SSH" login_from vm2 140.82.121.4 22 'seq 1 100'
    note "vm2: unanswered" vm2 $PY try 151.101.2.66 80 1.5
    note "vm2: refused" vm2 $PY try 151.101.2.10 81 2
    note "vm1: reset by the server" vm1 $PY reset 151.101.2.10 9001
    note "vm2: path MTU, upload" fetch2 -T www/9k.txt http://151.101.2.140/9k.txt
    note "vm2: fragments, ping of 4000" vm2 ping -n -s 4000 -c 1 151.101.2.11
    note "vm2: traceroute" vm2 traceroute -n -q 1 -w 1 -m 8 93.184.216.34
    note "vm1: IPv6 HTTP by name" fetch1 http://ipv6.example.com/
}

record_inbound() {
    boot vm1
    vm_servers vm1 192.168.64.5
    note "LAN: SSH to port 2222" login_from lan 192.168.1.20 2222 'seq 1 100'
    note "Internet: SSH to port 2222" login_from client 62.115.44.2 2222 'seq 1 100'
    note "LAN: HTTP to port 8080" lan curl -sS -o /dev/null -w '%{http_code} %{size_download}\n' \
        http://192.168.1.20:8080/9k.txt
    note "LAN: upload to port 8080" lan curl -sS -o /dev/null -w '%{http_code} %{size_upload}\n' \
        -T www/9k.txt http://192.168.1.20:8080/9k.txt
    note "LAN: 2224, closed in the VM" lan $PY try 192.168.1.20 2224 2
    note "LAN: 2223, not forwarded" lan $PY try 192.168.1.20 2223 2
    note "LAN: ping the host" lan ping -n -c 2 -i 0.2 192.168.1.20
    note "LAN: HTTP of the host itself" lan curl -sS -o /dev/null -w '%{http_code}\n' http://192.168.1.20:8000/
    note "VM: HTTP out, meanwhile" fetch1 http://www.example.com/
    note "VM: SSH out to the LAN" login_from vm1 192.168.1.50 22 'seq 1 20'
}

record_offload() {
    boot vm1
    note "HTTP by name" fetch1 http://www.example.com/
    note "ping" vm1 ping -n -c 2 -i 0.2 93.184.216.34
    note "UDP echo" vm1 $PY udp 151.101.2.10 7 20 1400
    note "download of 150 kB" fetch1 http://151.101.2.80/150k.txt
    note "upload of 150 kB" fetch1 -T www/150k.txt http://151.101.2.81/150k.txt
    note "SSH" login_from vm1 140.82.121.4 22 'seq 1 2000'
    note "HTTP on the LAN, 60 kB" fetch1 http://192.168.1.50/60k.txt
    note "HTTP of the host, 60 kB" fetch1 http://192.168.64.1:8000/60k.txt
}

private_files
say "$name: building"
build
servers
start_capture
say "$name: recording"
record_"$name"
stop_capture
say "$name: done"
