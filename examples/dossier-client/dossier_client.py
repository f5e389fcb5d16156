#!/usr/bin/env python3
"""A small client of a Knoop node, for a dossier system: what a supplier needs, and nothing but Python's standard library.

    dossier_client.py register --client REF --until 2027-06-30 --name "A. Voorbeeld" --function … --phone … --email …
    dossier_client.py listen                        prints one line of JSON for each match that is new, as it comes
    dossier_client.py ask MATCH --goal … --occasion … --category F05…       asks the other organisation for fragments
    dossier_client.py fetch --client REF            prints the fragments that came, one line of JSON each

Where the node is and the key that its administrator made (`knoop key create`, docs/guide-api.md) come from the environment, so that neither
stands in the list of processes: KNOOP_NODE (http://127.0.0.1:7411) and KNOOP_KEY_FILE (a file with the key, readable to this user alone).
"""
import argparse
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

PATIENCE = 60            # seconds for one answer; an event stream tells at least every 15 that it lives
WAIT_AFTER_A_CUT = 5     # seconds


class Refused(Exception):
    """The node's problem: `code` is stable, `side` says who can mend it, the sentence is for a person."""

    def __init__(self, problem):
        super().__init__(f"{problem['message']['nl']} ({problem['code']}: {problem['detail']})")
        self.code, self.side = problem["code"], problem["side"]


class Node:
    def __init__(self, address, key):
        self.address, self.key = address.rstrip("/"), key

    def open(self, method, target, body=None, headers=()):
        every = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} | dict(headers)
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + target, data, every, method=method)
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE)
        except urllib.error.HTTPError as answer:
            raise Refused(json.load(answer)) from None

    def get(self, target, **query):
        told = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        with self.open("GET", target + (f"?{told}" if told else "")) as answer:
            return json.load(answer)

    def get_all(self, target, what, **query):
        """Every page of a list."""
        cursor = None
        while True:
            page = self.get(target, cursor=cursor, **query)
            yield from page[what]
            cursor = page.get("next")
            if cursor is None:
                return

    def post(self, target, body):
        """The key of the request is made of what it asks: sent again after a lost answer, it is done once and answered alike."""
        text = json.dumps([target, body], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        with self.open("POST", target, body, {"Idempotency-Key": key}) as answer:
            return json.load(answer)

    def changes(self, topics):
        """Yields once at the beginning, and after every change of one of these topics, also after one that was missed."""
        last = None
        while True:
            try:
                headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
                with self.open("GET", "/api/v1/events", headers=headers) as stream:
                    yield   # whatever happened before the stream was open
                    for line in stream:
                        name, _, value = line.decode().rstrip("\r\n").partition(": ")
                        if name == "id":
                            last = value
                        elif name == "event" and value in topics:
                            yield
            except (OSError, urllib.error.URLError):
                pass   # cut: what was missed comes with the next stream
            time.sleep(WAIT_AFTER_A_CUT)


def register(node, chosen):
    known = node.get(f"/api/v1/clients/{urllib.parse.quote(chosen.client, safe='')}", purpose="registratie")
    for involvement in known["involvements"]:
        if involvement["until"] == chosen.until and involvement["professional"]["name"] == chosen.name:
            return print(json.dumps(involvement))
    print(json.dumps(node.post("/api/v1/involvements", {
        "clientRef": chosen.client, "kind": "ketenregistratie", "from": chosen.since, "until": chosen.until, "name": chosen.name,
        "function": chosen.function, "phone": chosen.phone, "email": chosen.email})))


def listen(node, _):
    shown = set()
    for _ in node.changes({"matches"}):
        for match in node.get_all("/api/v1/matches", "matches"):
            if match["id"] not in shown:
                shown.add(match["id"])
                print(json.dumps(match, ensure_ascii=False), flush=True)


def ask(node, chosen):
    match = node.get(f"/api/v1/matches/{chosen.match}")
    print(json.dumps(node.post("/api/v1/fragment-requests", {
        "peer": match["peer"], "match": match["id"], "occasion": chosen.occasion, "goal": chosen.goal, "categories": chosen.category})))


def fetch(node, chosen):
    for fragment in node.get_all("/api/v1/received-fragments", "fragments", client=chosen.client):
        print(json.dumps(fragment, ensure_ascii=False))


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("register")
    one.add_argument("--client", required=True)
    one.add_argument("--since", default=time.strftime("%Y-%m-%d"))
    for name in ("until", "name", "function", "phone", "email"):
        one.add_argument(f"--{name}", required=True)
    one.set_defaults(run=register)
    verbs.add_parser("listen").set_defaults(run=listen)
    one = verbs.add_parser("ask")
    one.add_argument("match")
    one.add_argument("--goal", required=True)
    one.add_argument("--occasion", required=True)
    one.add_argument("--category", action="append", required=True)
    one.set_defaults(run=ask)
    one = verbs.add_parser("fetch")
    one.add_argument("--client", required=True)
    one.set_defaults(run=fetch)
    return parser.parse_args()


def main():
    chosen = options()
    key_file = os.environ.get("KNOOP_KEY_FILE")
    if not key_file:
        sys.exit("set KNOOP_KEY_FILE to the file that has the key")
    node = Node(os.environ.get("KNOOP_NODE", "http://127.0.0.1:7411"), Path(key_file).read_text(encoding="ascii").strip())
    try:
        chosen.run(node, chosen)
    except Refused as refused:
        sys.exit(f"refused: {refused}")
    except OSError as problem:
        sys.exit(f"the node at {node.address} cannot be reached: {problem}")


if __name__ == "__main__":
    main()
