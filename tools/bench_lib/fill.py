"""A node with a large store: memory, time to ready, bytes on disk, and how long a new involvement takes to become a match."""
from .served import Arrivals, Filled, percentile

MIB = 1 << 20


def options(parser):
    parser.add_argument("--clients", type=int, default=1_000_000, help="own clients (1000000)")
    parser.add_argument("--involved", type=int, default=50_000, help="with an active involvement, by BSN, registered with every peer (50000)")
    parser.add_argument("--peers", type=int, default=50, help="each with as many registrations here (50)")
    parser.add_argument("--starts", type=int, default=10, help="of the node (10)")
    parser.add_argument("--arrivals", type=int, default=200, help="new involvements, one after another (200)")
    parser.add_argument("--keep", action="store_true", help="leave the stores where they are")


def run(options, report):
    shared = -(-options.arrivals // options.peers)
    report.say(f"filling a store with {options.clients} clients and {options.involved} involvements against {options.peers} peers; "
               "at full size this takes some ten minutes")
    filled = Filled(options, "fill", clients=options.clients, involved=options.involved, peers=options.peers, handles=options.involved,
                    shared=shared)
    try:
        ready, ready_cpu, peaks = [], [], []
        for number in range(options.starts):
            with filled.serve() as node:
                ready.append(node.ready)
                ready_cpu.append(node.ready_cpu)
                peaks.append(node.peak() / MIB)
            report.say(f"start {number + 1}: ready after {ready[-1]:.2f} s, {ready_cpu[-1]:.2f} s of CPU, peak {peaks[-1]:.0f} MiB")
        report.add("time from start to an answer of the API", ready, "s", at_most=2.0)
        report.add("processor time until then", ready_cpu, "s")
        report.add("peak memory after a start", peaks, "MiB")
        size = filled.bytes_on_disk
        report.add("bytes on disk", size / MIB, "MiB")
        report.add("bytes on disk a client, all that hangs on it included", size / options.clients, "bytes")

        report.say(f"{options.peers} peers connect, then {options.arrivals} new involvements one after another")
        with filled.serve() as node:
            arrivals = Arrivals(node, options.arrivals)
            peak = node.peak() / MIB
        latencies = arrivals.latencies(filled.found([one["ref"] for one in arrivals.all]))
        report.add("peak memory with all peers connected and at work", peak, "MiB", at_most=300)
        report.add("new involvement until both nodes hold the match: p50", percentile(latencies, 50), "s")
        report.add("new involvement until both nodes hold the match: p99", percentile(latencies, 99), "s")
        report.add("the same, all of them", latencies, "s")
        report.add("processor time of the node for one", arrivals.cpu_of_node / len(latencies), "s")
        report.add("processor time of all peers together for one", arrivals.cpu_of_peers / len(latencies), "s")
        report.note(f"The measured node is a process of its own; the {options.peers} peers are whole nodes with own stores and sockets, in one other "
                    "process on the same machine. Each new involvement is registered with every peer, and one of them has the youth in care. "
                    "Both nodes hold the match when the transaction that stored it ran; it commits within 5 ms.")
    finally:
        if not options.keep:
            filled.remove()
