"""How cost grows with records, peers and changes: three points each, and the exponent that fits them."""
import math

from .served import Arrivals, Filled

MIB = 1 << 20


def options(parser):
    parser.add_argument("--repeat", type=int, default=3, help="starts, and rounds of new involvements, for each point (3)")
    parser.add_argument("--records", type=float, default=1.0, help="multiplies the numbers of records (1)")


def exponent(points):
    """Of the power law that fits (size, cost) best: the slope over logarithms, by least squares."""
    x = [math.log(size) for size, _ in points]
    y = [math.log(max(cost, 1e-9)) for _, cost in points]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def fitted(report, what, unit, points):
    """points: (size, values)."""
    for size, values in points:
        report.add(f"{what}, {size:,}", values, unit)
    report.add(f"{what}: exponent", exponent([(size, sorted(values)[len(values) // 2]) for size, values in points]))


def starts(filled, repeat):
    out = []
    for _ in range(repeat):
        with filled.serve() as node:
            out.append((node.ready_cpu, node.peak() / MIB))
    return out


def of_records(options, report):
    start, memory, disk, change = [], [], [], []
    for records in (10_000, 100_000, 1_000_000):
        count = int(records * options.records)
        filled = Filled(options, "growth", clients=count, involved=count // 20, peers=2, handles=count // 20, shared=10 * options.repeat)
        try:
            measured = starts(filled, options.repeat)
            start.append((count, [cpu for cpu, _ in measured]))
            memory.append((count, [peak for _, peak in measured]))
            disk.append((count, [filled.bytes_on_disk / MIB]))
            change.append((count, change_cost(filled, 20, options.repeat)))
        finally:
            filled.remove()
    fitted(report, "records: processor time of a start", "s", start)
    fitted(report, "records: peak memory of a start", "MiB", memory)
    fitted(report, "records: bytes on disk", "MiB", disk)
    fitted(report, "records: processor time of the node for one new involvement", "s", change)


def change_cost(filled, count, repeat, together=False):
    """Processor time of the measured node for one new involvement; the store has enough clients for `repeat` rounds."""
    out = []
    with filled.serve() as node:
        arrivals = Arrivals(node, count * repeat, together, pause=20)
    out.append(arrivals.cpu_of_node / len(arrivals.all))
    return out


def of_peers(options, report):
    start, change = [], []
    for peers in (5, 16, 50):
        count = int(20_000 * options.records)
        filled = Filled(options, "growth", clients=count, involved=count // 20, peers=peers, handles=count // 20, shared=-(-60 // peers))
        try:
            start.append((peers, [cpu for cpu, _ in starts(filled, options.repeat)]))
            change.append((peers, change_cost(filled, 20, 3)))
        finally:
            filled.remove()
    fitted(report, "peers: processor time of a start", "s", start)
    fitted(report, "peers: processor time of the node for one new involvement", "s", change)


def of_changes(options, report):
    cost = []
    for changes in (10, 100, 1_000):
        count = int(50_000 * options.records)
        filled = Filled(options, "growth", clients=count, involved=count // 20, peers=5, handles=count // 20, shared=-(-changes // 5))
        try:
            with filled.serve() as node:
                arrivals = Arrivals(node, changes, together=True)
            cost.append((changes, [arrivals.cpu_of_node]))
        finally:
            filled.remove()
    fitted(report, "changes at once: processor time of the node for all of them", "s", cost)


def run(options, report):
    report.say("records")
    of_records(options, report)
    report.say("peers")
    of_peers(options, report)
    report.say("changes")
    of_changes(options, report)
    report.note("An exponent of 1 is in proportion, of 0 independent. Processor time is counted by the kernel in hundredths of a second.")
