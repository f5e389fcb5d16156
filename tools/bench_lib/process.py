"""A node's process seen from outside: its processor time, and its status without the cost of a command line."""
import http.client
import json
import os
import socket
import time

from demo_lib.failure import Failed

def cpu_seconds(pid):
    """User and system time of all threads of a process so far. A node's threads live as long as it does."""
    nanoseconds = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            nanoseconds += int(file.read().split()[0])
    return nanoseconds * 1e-9


def peak_memory(pid):
    """The most that was ever resident, in bytes."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise Failed(f"the kernel tells no peak memory of process {pid}")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def status(node):
    """As `knoop status --json`; None as long as nothing answers."""
    connection = UnixConnection(node.socket)
    try:
        connection.request("GET", "/api/v1/status")
        answer = connection.getresponse()
        body = answer.read()
    except OSError:
        node.must_run()
        return None
    finally:
        connection.close()
    if answer.status != 200:
        raise Failed(f"the status of {node.name} was answered with {answer.status}", node)
    return json.loads(body)


def wait_for(node, happened, what, seconds=600, every=0.25):
    """Asks until happened(status) and returns that status."""
    deadline = time.monotonic() + seconds
    while True:
        now = status(node)
        if now and happened(now):
            return now
        if time.monotonic() > deadline:
            raise Failed(f"waited {seconds} seconds in vain for {what}", node)
        time.sleep(every)
