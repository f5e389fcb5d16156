"""A filled node (knoop-bench-scale) as its own process: started, watched, stopped."""
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from demo_lib.failure import Failed
from demo_lib.node import own_environment
from .process import cpu_seconds, peak_memory, status


def helper(options, *words, text=""):
    """Runs a part of knoop-bench-scale to its end; its JSON."""
    done = subprocess.run([str(options.scale), *map(str, words)], input=text, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"'{options.scale.name} {words[0]}' ended with {done.returncode}")
    return json.loads(done.stdout)


class Filled:
    """The stores below one folder, which are deleted at the end."""

    def __init__(self, options, name, **plan):
        self.options = options
        self.folder = Path(options.out).resolve() / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        words = [word for key, value in plan.items() for word in (f"--{key}", value)]
        self.facts = helper(options, "fill", self.folder, *words)

    @property
    def bytes_on_disk(self):
        return sum(path.stat().st_size for path in Path(self.facts["database"]).parent.iterdir())

    def serve(self, **settings):
        return Served(self, **settings)

    def found(self, refs):
        """When the node, which was stopped, held the match of each; milliseconds since 1970."""
        return helper(self.options, "found", self.folder, text="\n".join(refs))

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Served:
    """The measured node at work; `ready` is how long it took until the unix socket answered."""
    name = "the measured node"

    def __init__(self, filled, **settings):
        """`settings`: KNOOP_… of the environment."""
        self.filled = filled
        self.sockets = Path(tempfile.mkdtemp(prefix="knoop-bench-"))  # a socket's path must be short
        self.socket = self.sockets / "api.sock"
        self.log = filled.folder / "node.log"
        command = [str(filled.options.program), "--config", filled.facts["settings"], "serve"]
        with open(self.log, "ab") as log:
            started = time.monotonic()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=own_environment() | {"KNOOP_API_SOCKET": str(self.socket)} | settings)
        while not status(self):
            if time.monotonic() - started > 120:
                raise Failed("the node did not answer within two minutes", self)
            time.sleep(0.005)
        self.ready = time.monotonic() - started
        self.ready_cpu = self.cpu()

    def must_run(self):
        if self.process.poll() is not None:
            raise Failed(f"the measured node ended with {self.process.returncode}", self)

    def last_lines(self, count=15):
        if not self.log.exists():   # the store went, and its log with it
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def peak(self):
        return peak_memory(self.process.pid)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("the measured node did not stop", self) from None
        finally:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


class Arrivals:
    """Peers in one process, and new involvements at the measured node with clients of theirs."""

    def __init__(self, served, count, together=False, pause=100):
        options, folder = served.filled.options, served.filled.folder
        words = ["--socket", served.socket, "--count", count, "--pause", pause] + (["--together"] if together else [])
        with subprocess.Popen([str(options.scale), "arrive", str(folder), *map(str, words)], stdout=subprocess.PIPE, text=True) as peers:
            if not peers.stdout.readline():
                raise Failed("the peers could not be played", served)
            before, began = served.cpu(), time.monotonic()
            last = peers.stdout.readline()
            self.cpu_of_node, self.seconds = served.cpu() - before, time.monotonic() - began
        if peers.returncode != 0 or not last:
            raise Failed("not every new involvement became a match", served)
        answer = json.loads(last)
        self.all, self.cpu_of_peers = answer["arrivals"], answer["cpu"]

    def latencies(self, found):
        """Seconds from the request to the node until both held the match; `found`: when the measured node did."""
        return [(max(one["found"], here) - one["asked"]) / 1000 for one, here in zip(self.all, found)]


def percentile(values, share):
    """The smallest value that so many of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 100) - 1))]
