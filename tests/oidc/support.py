"""A node that people can sign in to, and programs beside it, for oidc_test.py."""
import base64
import hmac
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 60
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KNOOP_")}
PROGRAM = None


def wait_until(holds, what):
    deadline = time.monotonic() + PATIENCE
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE} seconds in vain for {what}")
        time.sleep(0.05)
    return answer


class Script:
    """A program of Node.js that is told things line by line."""

    def __init__(self, name, *words):
        self.process = subprocess.Popen(["node", HERE / name, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http"), f"{name} did not start"

    def tell(self, **said):
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() in ("ok", "ready")

    def stop(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("knoop", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self.path))


class Node:
    def __init__(self, folder, name="smw"):
        self.folder, self.name, self.process = Path(folder), name, None
        self.config, self.socket, self.log = (self.folder / f"{name}.{end}" for end in ("toml", "sock", "log"))
        self.settings("")
        self.run("init", "--id", name, "--name", "Stichting Voorbeeld", "--kind", "smw", "--endpoint", "tcp://127.0.0.1:7410", "--area",
                 "0392", "--contact", "A. Voorbeeld; coördinator; 023-5550100; a@voorbeeld.example", "--organisation-key",
                 self.folder / "organisation", "--card-out", self.folder / "card", lines=["vier woorden voor niemand"])

    def settings(self, openid):
        self.config.write_text(f'[node]\ndata_dir = "{self.folder / self.name}"\n[listen]\nexchange = ""\n'
                               f'[api]\nsocket = "{self.socket}"\naddress = "127.0.0.1:0"\n'
                               f'[database]\nkey_file = "{self.folder / "key"}"\n{openid}')

    def run(self, *words, lines=()):
        reader, writer = os.pipe()
        os.write(writer, "".join(line + "\n" for line in lines).encode())
        os.close(writer)
        more = ["--passphrase-fd", str(reader)] if lines else []
        try:
            done = subprocess.run([PROGRAM, "--config", self.config, *more, *map(str, words)], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, env=ENVIRONMENT, timeout=PATIENCE, pass_fds=(reader,), check=False)
        finally:
            os.close(reader)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def start(self, **openid):
        self.settings("[openid]\n" + "".join(f'{name} = "{value}"\n' for name, value in openid.items()))
        began = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([PROGRAM, "--config", self.config, "serve"], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=ENVIRONMENT)

        def told():
            assert self.process.poll() is None, self.log.read_text()
            return re.search(r"API for browsers .*, port (\d+)", self.log.read_text()[began:])
        self.address = f"http://127.0.0.1:{wait_until(told, 'the node to serve')[1]}"

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process = None

    def ask(self, method, target, body=None, who="administrator:ada"):
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, target, json.dumps(body) if body is not None else None,
                               {"X-Knoop-As": who, **({"Content-Type": "application/json"} if body is not None else {})})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def make(self, name, subject, role="professional"):
        self.run("user", "create", name, "--role", role, "--subject", subject)

    def entries(self):
        """(event, user, object, detail), newest last."""
        status, said = self.ask("GET", "/api/v1/audit-entries?limit=500", who="privacy-officer:piet")
        assert status == 200, said
        return [(one.get("event"), one.get("user"), one.get("object"), one.get("detail")) for one in said["entries"]]


def totp(secret, ahead=0):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + ahead), "sha1").digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"
