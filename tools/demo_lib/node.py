"""One organisation's node: its folder, its configuration, its process, and its command line."""
import json
import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

from .failure import Failed, Refused

COMMAND_SECONDS = 600
CANNOT_REACH = 3


def free_ports(count):
    """Ports on 127.0.0.1 that nobody uses now, outside the range from which the system takes those of outgoing
    connections: or one node's dialling could take the port on which the next is about to listen."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first, last = map(int, file.read().split())
    candidates = [port for port in range(10000, 65000) if not first <= port <= last]
    random.shuffle(candidates)
    found = []
    for port in candidates:
        if len(found) == count:
            return found
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
    raise Failed(f"this machine has no {count} free ports outside {first}-{last}")


def wait_until(happened, seconds, what, node=None, every=0.05):
    """Asks until `happened()` says something that counts as true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = happened()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failed(f"waited {seconds:.0f} seconds in vain for {what}", node)
        time.sleep(every)


def own_environment():
    """Ours without the settings of some other node: what stands in the file counts."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KNOOP_")}


class Node:
    def __init__(self, organisation, folder, sockets, program, port, clock_offset, announced_port=None, web_port=None):
        self.organisation = organisation
        self.folder = Path(folder)
        self.program = Path(program)
        self.port = port
        self.announced_port = announced_port or port  # what the card says, which may be somebody's in between
        self.web_port = web_port  # of the console; None: only its command line
        self.clock_offset = clock_offset
        self.socket = Path(sockets) / f"{port}.sock"
        self.config = self.folder / "knoop.toml"
        self.key_file = self.folder / "database.key"
        self.organisation_key = self.folder / "organisation.key"
        self.data = self.folder / "data"
        self.log = self.folder / "node.log"
        self.card = self.folder / "card.note"
        self.process = None

    @property
    def id(self):
        return self.organisation.id

    @property
    def name(self):
        return self.organisation.name

    @property
    def endpoint(self):
        return f"tcp://127.0.0.1:{self.announced_port}"

    @property
    def web(self):
        return f"http://127.0.0.1:{self.web_port}"

    def write_configuration(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        texts = {"node": {"data_dir": self.data}, "listen": {"exchange": f"tcp://127.0.0.1:{self.port}"},
                 "api": {"socket": self.socket, "address": f"127.0.0.1:{self.web_port}" if self.web_port else ""}, "database": {"key_file": self.key_file}}
        # JSON strings of printable characters are TOML strings too.
        self.config.write_text("\n".join(f"[{section}]\n" + "".join(f"{key} = {json.dumps(str(value))}\n" for key, value in keys.items())
                                         for section, keys in texts.items()), encoding="utf-8")

    def command(self, *words, account=None):
        """The words of a command, as one would type them."""
        clock = [f"--clock-offset={self.clock_offset}"] if self.clock_offset else []
        return [str(self.program), "--config", str(self.config), *clock, *(["--as", account] if account else []), *map(str, words)]

    def run(self, *words, account=None, passphrase=None):
        """Runs a command and returns what it wrote."""
        command, descriptors = self.command(*words, account=account), ()
        if passphrase is not None:
            # A pipe takes a short line at once; nothing of it stands in a file, in the arguments or in the environment.
            reader, writer = os.pipe()
            os.write(writer, f"{passphrase}\n".encode())
            os.close(writer)
            command[1:1] = ["--passphrase-fd", str(reader)]
            descriptors = (reader,)
        try:
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=own_environment(),
                                  timeout=COMMAND_SECONDS, pass_fds=descriptors, check=False)
        except subprocess.TimeoutExpired:
            raise Failed(f"'{' '.join(map(str, words[:2]))}' gave no answer in {COMMAND_SECONDS} seconds", self) from None
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        if done.returncode != 0:
            said = done.stderr.strip() or done.stdout.strip() or "and gave no reason"
            raise Refused(f"'{' '.join(map(str, words[:2]))}' ended with {done.returncode}: {said}", self, done.returncode)
        return done.stdout

    def ask(self, *words, account=None):
        """Runs a command with --json and returns its answer."""
        text = self.run("--json", *words, account=account)
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            raise Failed(f"'{' '.join(map(str, words[:2]))}' did not answer in JSON: {text[:200]!r}", self) from None

    def ask_list(self, what, *words, account=None):
        """The same for an answer that is a list, or an object around one."""
        answer = self.ask(*words, account=account)
        return answer if isinstance(answer, list) else answer[what]

    def status(self):
        """What the node says of itself, or None as long as it cannot be reached."""
        try:
            return self.ask("status")
        except Refused as refused:
            if refused.code != CANNOT_REACH:
                raise
            self.must_run()
            return None

    # The process.

    def start(self):
        """Only from the main thread: the kernel stops the node when the thread that started it is gone."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *self.command("serve")],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=own_environment())

    def must_run(self):
        if self.process is None or self.process.poll() is not None:
            ending = "was not started" if self.process is None else f"ended with {self.process.returncode}"
            raise Failed(f"the node of {self.name} {ending}", self)

    def kill(self):
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def kill_if_running(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def ask_to_stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, seconds=20):
        """Returns the exit status, None if the node had to be killed."""
        if self.process is None:
            return 0
        self.ask_to_stop()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def last_lines(self, count=15):
        if not self.log.is_file():
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
