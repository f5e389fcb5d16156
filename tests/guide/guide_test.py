#!/usr/bin/env python3
"""docs/guide-api.md does what it says: every request on it, in its order, against two real nodes.

usage: guide_test.py KNOOP
"""
import http.client
import json
import re
import sys
import time
import unittest
from pathlib import Path
from urllib.parse import quote

sys.dont_write_bytecode = True
import examples  # noqa: E402
from region import ROOT, Pair  # noqa: E402

GUIDE = ROOT / "docs/guide-api.md"
PATIENCE = 60   # seconds until what an example waits for is there
KEY_COMMAND = re.compile(r"^    knoop key create ((?:.*\\\n)*.*)$", re.MULTILINE)
PROGRAM = None


class Client:
    """The examples' requests with the keys of the guide: the importing one where the other has no scope."""

    def __init__(self, pair, keys):
        self.pair, self.keys = pair, keys
        self.streams = {}
        self.names = {"today": pair.day(0), "nextYear": pair.day(300), "nextMonth": pair.day(30)}

    def listen(self, example):
        """Opens a stream before what it will tell of can happen, as a dossier system does when it starts."""
        connection = http.client.HTTPConnection("127.0.0.1", self.pair.ours.web_port, timeout=PATIENCE)
        connection.request(example.method, example.target, None, {"Authorization": f"Bearer {self.keys['care']}"} | example.headers)
        self.streams[example.line] = connection, connection.getresponse()

    def heard(self, example):
        """Reads the stream until the event comes."""
        connection, answer = self.streams.pop(example.line)
        deadline = time.monotonic() + PATIENCE
        try:
            for line in answer:
                if line.decode().rstrip() == f"event: {example.stream}":
                    return answer.status, {}
                if time.monotonic() > deadline:
                    break  # signs of life alone keep it open
        finally:
            connection.close()
        raise AssertionError(f"the stream ended without {example.stream}")

    def ask(self, example):
        if example.stream:
            return self.heard(example)
        target = examples.filled(example.target, {name: quote(str(value), safe="") for name, value in self.names.items()})
        body = examples.filled(example.body, self.names)
        key = self.keys["imports" if "/imports" in target else "care"]
        kind = "application/json" if not body or body.startswith("{") else "application/octet-stream"
        headers = {name: examples.filled(value, self.names) for name, value in example.headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.pair.ours.web_port, timeout=PATIENCE)
        try:
            connection.request(example.method, target, (body + ("" if kind.endswith("json") else "\n")) if body else None,
                               {"Authorization": f"Bearer {key}", "Content-Type": kind} | headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if example.method == "GET" and answer.headers.get("ETag"):
            self.names["etag"] = answer.headers["ETag"]
        return answer.status, told


class Guide(unittest.TestCase):
    def test_every_example_does_what_the_guide_says(self):
        text = GUIDE.read_text(encoding="utf-8")
        all_examples = examples.read(text)
        self.assertGreater(len(all_examples), 15)
        with Pair(PROGRAM) as pair:
            commands = [found.replace("\\\n", " ").split() for found in KEY_COMMAND.findall(text)]
            keys = {"imports" if "service" in words else "care": pair.key(*words) for words in commands}
            client = Client(pair, keys)
            for example in all_examples:
                if example.stream:
                    client.listen(example)
            for example in all_examples:
                with self.subTest(line=example.line, request=f"{example.method} {example.target}"):
                    self.one(client, pair, example)

    def one(self, client, pair, example):
        deadline = time.monotonic() + PATIENCE
        while True:
            status, answer = client.ask(example)
            if example.status:
                self.assertEqual(status, example.status, answer)
            else:
                self.assertLess(status, 300, answer)
            names = dict(client.names)
            missing = examples.differences(example.answer or {}, answer, names)
            # A match is there before the contact data of the other side are.
            if not example.until or (examples.holds(example.until, answer) and not missing) or time.monotonic() > deadline:
                break
            pair.answer_requests()   # as the colleague does at the other organisation
            time.sleep(0.05)
        self.assertEqual([], missing, answer)
        client.names = names


class Reading(unittest.TestCase):
    """The test of the guide can fail."""

    def test_what_is_shown_and_not_there_is_a_difference(self):
        names = {}
        self.assertEqual([], examples.differences({"id": "$one", "n": [{"a": 1}]}, {"id": 7, "n": [{"a": 2}, {"a": 1, "b": 3}]}, names))
        self.assertEqual(names, {"one": 7})
        for shown, got in (({"id": "$one"}, {"id": 8}), ({"a": 1}, {}), ({"n": [{"a": 1}]}, {"n": [{"a": 2}]}), ({"a": 1}, {"a": "1"}),
                           ({"a": "$two"}, {"a": None}), ({"a": {"b": 1}}, {"a": 1})):
            self.assertNotEqual([], examples.differences(shown, got, dict(names)), shown)

    def test_a_name_that_nobody_knows_is_a_mistake_of_the_guide(self):
        with self.assertRaises(KeyError):
            examples.filled("/api/v1/matches/$nobody", {})


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
