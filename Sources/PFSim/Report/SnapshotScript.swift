/// The shell script that collects a real Mac's pf state.
public enum SnapshotScript {
  /// The script, for a POSIX shell.
  public static let text = #"""
    #!/bin/sh
    # Collects the state of pf and of the network on this Mac, for pfsim.
    #
    # It only looks: no rule, state, table, interface, setting or file is changed.
    # The output holds rules, tables, counters, the addresses (IP and Ethernet) of this Mac, of its
    # VMs and of the connections that pf keeps states for, and /etc/pf.conf. It holds no passwords,
    # no keys and no contents of packets. Read it before you hand it on.
    #
    # Usage: sudo sh snapshot.sh > snapshot.txt
    #        pfsim show rules --host snapshot.txt

    set -u
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    LC_ALL=C
    export PATH LC_ALL

    if [ "$(id -u)" -ne 0 ]; then
      echo "snapshot: pfctl wants root; run: sudo sh $0 > snapshot.txt" >&2
      exit 1
    fi

    # section TITLE COMMAND...: a heading and what the command prints.
    section() {
      printf '=== %s\n' "$1"
      shift
      "$@" 2>/dev/null
    }

    # pf ARGUMENT...: pfctl for the anchor in $anchor; for the main ruleset where it is empty.
    pf() {
      if [ -n "$anchor" ]; then pfctl -a "$anchor" "$@"; else pfctl "$@"; fi
    }

    # ruleset ANCHOR: the rules, counters and tables of one anchor.
    ruleset() {
      anchor=$1
      for view in rules nat dummynet; do
        section "$view /$anchor" pf -s "$view"
        section "$view-vv /$anchor" pf -vv -s "$view"
      done
      section "tables /$anchor" pf -v -s Tables
      pf -s Tables 2>/dev/null | while IFS= read -r table; do
        if [ -n "$table" ]; then
          section "table $table /$anchor" pf -t "$table" -T show
        fi
      done
    }

    section "pfsim-snapshot 1" true
    section "date" date +%s
    section "version" sw_vers -productVersion
    section "info" pfctl -v -s info
    section "timeouts" pfctl -s timeouts
    section "memory" pfctl -s memory
    section "references" pfctl -s References
    section "pf-interfaces" pfctl -v -s Interfaces
    section "anchors" pfctl -v -s Anchors
    ruleset ""
    pfctl -v -s Anchors 2>/dev/null | while read -r name; do
      if [ -n "$name" ]; then ruleset "$name"; fi
    done
    section "states" pfctl -vv -s states
    section "ifconfig" ifconfig -a
    section "routes" netstat -rn
    section "sysctl" sysctl net.inet.ip.forwarding net.inet6.ip6.forwarding
    section "leases" cat /var/db/dhcpd_leases
    section "file /etc/pf.conf" cat /etc/pf.conf
    section "file /etc/pf.anchors/com.apple" cat /etc/pf.anchors/com.apple
    section "end" true

    """#
}
