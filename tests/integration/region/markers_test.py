#!/usr/bin/env python3
"""The search for planted texts finds what it must, and nothing in noise; the recorder writes down what passes."""
import base64
import socket
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random

sys.dont_write_bytecode = True
from markers import search, search_files  # noqa: E402
from recorder import Recorder  # noqa: E402

MARKER = "Zwaluwnestelaar"


class Search(unittest.TestCase):
    def found(self, content):
        return bool(search(content, [MARKER]))

    def test_a_text_in_every_form_is_found(self):
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            for written in (MARKER, MARKER.upper(), MARKER.lower()):
                content = written.encode(coding)
                self.assertTrue(self.found(b"before" + content + b"after"), (coding, written))
                self.assertTrue(self.found(content.hex().encode()))
                self.assertTrue(self.found(content.hex().upper().encode()))

    def test_base64_is_found_wherever_the_text_begins(self):
        for before in range(6):
            for after in range(4):
                content = b"x" * before + MARKER.encode() + b"y" * after
                self.assertTrue(self.found(b"== " + base64.b64encode(content)), (before, after))
                self.assertTrue(self.found(base64.urlsafe_b64encode(content)), (before, after))

    def test_a_number_is_found_among_digits(self):
        self.assertTrue(search(b"...1999912345...", ["999912345"]))
        self.assertTrue(search(b"deadbeef999912345,", ["999912345"]))

    def test_digits_in_the_middle_of_a_hash_are_chance(self):
        digest = b"0f" * 12 + b"999912345" + b"ab" * 12
        self.assertEqual(search(digest, ["999912345"]), [])
        self.assertTrue(search(digest + b" 999912345", ["999912345"]))

    def test_noise_holds_nothing(self):
        self.assertEqual(search(Random(1).randbytes(1 << 20), [MARKER, "999912345"]), [])

    def test_files_are_searched_and_named(self):
        with tempfile.TemporaryDirectory() as folder:
            inner = Path(folder, "a", "b")
            inner.mkdir(parents=True)
            (inner / "plain").write_text(f"naam: {MARKER}\n", encoding="utf-8")
            (inner / f"{MARKER}.txt").write_text("nothing", encoding="utf-8")
            said, files, size = search_files(folder, [MARKER])
            self.assertEqual((len(said), files), (2, 2))
            self.assertGreater(size, 0)
            self.assertEqual(search_files(folder, [MARKER], leave_out=[inner])[0], [])


class Recording(unittest.TestCase):
    def test_both_directions_are_written_down(self):
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
            target = server.getsockname()[1]
            with Recorder([target], folder).release() as recorder:
                with socket.create_connection(("127.0.0.1", recorder.ports[target]), 10) as client:
                    accepted, _ = server.accept()
                    with accepted:
                        client.sendall(b"hello " + MARKER.encode())
                        self.assertEqual(accepted.recv(100)[:5], b"hello")
                        accepted.sendall(b"and back")
                        self.assertEqual(client.recv(100), b"and back")
            said, files, _ = search_files(folder, [MARKER])
            self.assertEqual((len(said), files), (1, 2))
            self.assertEqual(Path(folder, f"0001-to-{target}.back").read_bytes(), b"and back")

    def test_a_trap_springs_once_before_the_bytes_are_passed_on(self):
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
            target = server.getsockname()[1]
            with Recorder([target], folder).release() as recorder:
                sprung = []
                recorder.trap(3, lambda: sprung.append(recorder.bytes_passed()))
                with socket.create_connection(("127.0.0.1", recorder.ports[target]), 10) as client:
                    accepted, _ = server.accept()
                    with accepted:
                        for part in (b"abc", b"def", b"ghi"):
                            client.sendall(part)
                            self.assertEqual(accepted.recv(3, socket.MSG_WAITALL), part)
                            self.assertEqual(sprung, [] if part == b"abc" else [6])

    def test_a_node_that_is_down_costs_only_that_connection(self):
        with tempfile.TemporaryDirectory() as folder:
            with socket.create_server(("127.0.0.1", 0)) as server:
                target = server.getsockname()[1]
            with Recorder([target], folder).release() as recorder:
                with socket.create_connection(("127.0.0.1", recorder.ports[target]), 10) as client:
                    self.assertEqual(client.recv(1), b"")
                with socket.create_server(("127.0.0.1", target)) as server, \
                        socket.create_connection(("127.0.0.1", recorder.ports[target]), 10):
                    server.accept()[0].close()


if __name__ == "__main__":
    unittest.main()
