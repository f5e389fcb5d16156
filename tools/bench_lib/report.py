"""The table of figures: each the median of its slices with their spread, and whether it keeps its bound."""
import json
import os
import platform
import statistics
import sys
from dataclasses import asdict, dataclass, field


def processor():
    """What /proc/cpuinfo calls it."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


@dataclass
class Figure:
    name: str
    values: list = field(default_factory=list)
    unit: str = ""            # "" is a ratio
    at_least: float = None    # a bound that is promised; None: printed beside the others
    at_most: float = None

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def kept(self):
        """None where nothing is promised."""
        if self.at_least is not None:
            return self.median >= self.at_least
        if self.at_most is not None:
            return self.median <= self.at_most
        return None


def short(value):
    """Three digits that count, never an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - (len(str(int(abs(value)))) - 1)) if abs(value) >= 1 else 3
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:,.{digits}f}"


class Report:
    def __init__(self, subject, as_json=False, out=sys.stdout):
        self.subject, self.as_json, self.out = subject, as_json, out
        self.figures, self.notes = [], []

    def add(self, name, values, unit="", at_least=None, at_most=None):
        """values: one a slice, or a single number."""
        self.figures.append(Figure(name, list(values) if isinstance(values, (list, tuple)) else [values], unit, at_least, at_most))

    def note(self, sentence):
        self.notes.append(sentence)

    @staticmethod
    def say(sentence):
        """Progress: never part of the figures."""
        print(f"bench: {sentence}", file=sys.stderr, flush=True)

    def kept(self):
        return all(figure.kept is not False for figure in self.figures)

    def print(self):
        machine = {"processor": processor(), "cores": os.cpu_count(), "kernel": platform.release()}
        if self.as_json:
            figures = [asdict(f) | {"median": f.median, "low": min(f.values), "high": max(f.values), "kept": f.kept} for f in self.figures]
            json.dump({"subject": self.subject, "machine": machine, "figures": figures, "notes": self.notes}, self.out, indent=2)
            self.out.write("\n")
            return
        self.out.write(f"{self.subject}: {machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}\n\n")
        rows = [("", "median", "low", "high", "slices", "promised", "")]
        for f in self.figures:
            bound = f"≥ {f.at_least}" if f.at_least is not None else f"≤ {f.at_most}" if f.at_most is not None else ""
            word = {None: "", True: "kept", False: "MISSED"}[f.kept]
            name = f"{f.name} [{f.unit}]" if f.unit else f.name
            rows.append((name, short(f.median), short(min(f.values)), short(max(f.values)), str(len(f.values)), bound, word))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            cells = [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in range(1, len(row))]
            self.out.write("  ".join(cells).rstrip() + "\n")
        for sentence in self.notes:
            self.out.write(f"\n{sentence}\n")
