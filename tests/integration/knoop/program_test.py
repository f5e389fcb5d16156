#!/usr/bin/env python3
"""The knoop program as an operator uses it: two real daemons, from `init` to an exchange, killed and started again;
exit statuses, refusals, and what may not be seen.

usage: program_test.py PROGRAM

Nothing here sleeps for a guessed time: wait_until() asks until something holds, with a deadline for a broken program.
"""
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "knoop"
PATIENCE = 90
PASSPHRASE = "vier woorden voor niemand"
DONE, REFUSED, WRONG_USE, UNREACHABLE, FINDINGS = range(5)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KNOOP_")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, what):
    deadline = time.monotonic() + PATIENCE
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE} seconds in vain for {what}")
        time.sleep(0.05)
    return answer


def run(*words, lines=(), config=None):
    """(exit status, stdout, stderr); `lines` are the passphrases, through a pipe."""
    command, descriptors = [PROGRAM], ()
    if config:
        command += ["--config", str(config)]
    if lines:
        reader, writer = os.pipe()
        os.write(writer, "".join(line + "\n" for line in lines).encode())
        os.close(writer)
        command += ["--passphrase-fd", str(reader)]
        descriptors = (reader,)
    try:
        done = subprocess.run([*command, *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env=ENVIRONMENT, timeout=PATIENCE, pass_fds=descriptors, check=False, start_new_session=True)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return done.returncode, done.stdout, done.stderr


class Node:
    def __init__(self, folder, name, kind):
        self.folder, self.name, self.kind, self.process = Path(folder), name, kind, None
        self.port = free_port()
        self.data, self.config = self.folder / name, self.folder / f"{name}.toml"
        self.socket, self.card, self.log = self.folder / f"{name}.sock", self.folder / f"{name}.card", self.folder / f"{name}.log"
        self.config.write_text(f'[node]\ndata_dir = "{self.data}"\n[listen]\nexchange = "tcp://127.0.0.1:{self.port}"\n'
                               f'[api]\nsocket = "{self.socket}"\naddress = "127.0.0.1:0"\n[database]\nkey_file = "{self.folder}/{name}.key"\n')

    def run(self, *words, lines=()):
        return run(*words, lines=lines, config=self.config)

    def must(self, *words, lines=()):
        status, out, err = self.run(*words, lines=lines)
        if status != DONE:
            raise AssertionError(f"{self.name}: {words} ended with {status}: {err}")
        return out

    def init(self):
        return self.run("init", "--id", self.name, "--name", f"Organisatie {self.name}", "--kind", self.kind, "--endpoint",
                        f"tcp://127.0.0.1:{self.port}", "--area", "0392,0453", "--contact",
                        "A. Voorbeeld; coördinator; 023-5550100; a@voorbeeld.example", "--organisation-key",
                        self.folder / f"{self.name}.organisation", "--card-out", self.card, lines=[PASSPHRASE])

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([PROGRAM, "--config", str(self.config), "serve"], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=ENVIRONMENT)
        wait_until(lambda: self.status() is not None, f"{self.name} to answer")

    def status(self):
        code, out, _ = self.run("--json", "status")
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended: {self.log.read_text()}")
        return json.loads(out) if code == DONE else None

    def ready(self):
        status = self.status()
        return status is not None and status["peers"] != [] and all(peer["ready"] for peer in status["peers"])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code


class Region(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.smw, cls.bjz = Node(cls.folder, "smw", "smw"), Node(cls.folder, "bjz", "bjz")
        for node in (cls.smw, cls.bjz):
            code, _, err = node.init()
            assert code == DONE, err
        cls.manager, cls.convenant = cls.folder / "manager.key", cls.folder / "convenant"
        for words in (["convenant", "manager-key", "--name", "Beheerder", "--out", cls.manager],
                      ["convenant", "draft", "--name", "Regio", "--card", cls.smw.card, "--card", cls.bjz.card, "--manager", cls.manager,
                       "--out", cls.convenant],
                      ["convenant", "sign", "--key", cls.manager, cls.convenant]):
            code, _, err = run(*words, lines=[PASSPHRASE])
            assert code == DONE, err
        # One node learns of the other on its files, before it ever ran; the other while it runs.
        cls.smw.must("card", "import", cls.bjz.card)
        cls.smw.must("convenant", "install", cls.convenant)
        cls.smw.start()
        cls.bjz.start()
        cls.bjz.must("card", "import", cls.smw.card)
        cls.bjz.must("convenant", "install", cls.convenant)

    @classmethod
    def tearDownClass(cls):
        for node in (cls.smw, cls.bjz):
            if node.process is not None:
                node.stop(signal.SIGKILL)
        cls.temporary.cleanup()

    def both_ready(self):
        wait_until(lambda: self.smw.ready() and self.bjz.ready(), "both nodes to greet each other")

    def test_two_nodes_find_each_other_and_again_after_a_kill_and_after_an_orderly_stop(self):
        self.both_ready()
        for how, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 0)):
            self.assertEqual(self.bjz.stop(how), code)
            before = self.smw.status()["now"]
            self.bjz.start()
            self.both_ready()
            wait_until(lambda: self.smw.status()["peers"][0]["lastHeard"] > before, "the other node to hear of the new start")
        status = self.smw.status()
        self.assertEqual(status["network"], self.bjz.status()["network"])
        self.assertEqual(status["troubles"], [])
        self.assertEqual([peer["deadLetters"] for peer in status["peers"]], [0])

    def test_a_preshared_key_goes_from_one_node_to_the_other_by_hand(self):
        self.both_ready()
        path = self.folder / "pair.preshared"
        made = json.loads(self.smw.must("--json", "peer", "preshared", "make", "bjz", "--out", path))["presharedKey"]
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(self.smw.run("peer", "preshared", "make", "bjz", "--out", path)[0], REFUSED)
        self.assertEqual(self.smw.run("peer", "preshared", "make", "smw", "--out", self.folder / "own")[0], REFUSED)
        self.smw.must("peer", "preshared", "install", "bjz", "--file", path)

        def trouble(node):
            return node.status()["peers"][0].get("trouble", {}).get("code")
        wait_until(lambda: trouble(self.smw) == trouble(self.bjz) == "psk-differs", "both nodes to say that the keys differ")
        digits = path.read_text().split("key: ")[1].strip()
        code, _, err = self.bjz.run("peer", "preshared", "install", "smw", lines=[digits[:-1]])
        self.assertEqual(code, REFUSED)
        self.assertNotIn(digits[:16], err)
        spaced = " ".join(digits[i:i + 4] for i in range(0, 64, 4))
        self.assertIn(made, self.bjz.must("peer", "preshared", "install", "smw", lines=[spaced]))
        self.both_ready()
        for node, peer in ((self.smw, "bjz"), (self.bjz, "smw")):
            self.assertIn(made, node.must("peer", "show", peer))
            self.assertNotIn(digits[:16], node.log.read_text())
        os.chmod(path, 0o640)
        self.assertEqual(self.smw.run("peer", "preshared", "install", "bjz", "--file", path)[0], REFUSED)
        for node, peer in ((self.smw, "bjz"), (self.bjz, "smw")):
            node.must("peer", "preshared", "remove", peer)
        self.both_ready()

    def test_a_second_start_on_the_same_data_is_refused_and_harms_nothing(self):
        code, _, err = self.smw.run("serve")
        self.assertEqual(code, REFUSED)
        self.assertIn("a node runs once on its database", err)
        self.assertIsNotNone(self.smw.status())

    def test_files_are_their_owners_alone_and_the_socket_the_groups(self):
        for path in [self.smw.data, *self.smw.data.iterdir(), self.manager, self.folder / "smw.key", self.folder / "smw.organisation"]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)
        self.assertEqual(stat.S_IMODE(self.smw.socket.stat().st_mode), 0o660)

    def test_a_running_daemon_leaves_no_core_and_is_no_debuggers_prey(self):
        limits = Path(f"/proc/{self.smw.process.pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        self.assertEqual(core.split()[4:6], ["0", "0"])

    def test_cards_and_convenant_are_shown_alike_by_both(self):
        own = json.loads(self.smw.must("--json", "card", "show"))
        seen = json.loads(self.bjz.must("--json", "card", "show", "smw"))
        self.assertEqual(own, seen)
        self.assertEqual(self.smw.must("card", "export"), self.smw.card.read_text())
        self.assertEqual(json.loads(self.smw.must("--json", "convenant", "show")), json.loads(self.bjz.must("--json", "convenant", "show")))
        self.both_ready()
        self.assertEqual(json.loads(self.smw.must("--json", "peer", "show", "bjz"))["card"]["kind"], "bjz")

    def test_refusals_have_a_sentence_and_their_exit_status(self):
        for words, status, said in ((["peer", "show", "nobody"], REFUSED, "no member with that short name"),
                                    (["client", "list"], REFUSED, "role administrator may not"),
                                    (["card", "import", self.manager], REFUSED, ""),
                                    (["card", "import", self.folder / "absent"], REFUSED, "cannot be opened"),
                                    (["convenant", "install", self.smw.card], REFUSED, ""),
                                    (["card", "import", self.smw.card], REFUSED, "our own card"),
                                    (["frobnicate"], WRONG_USE, ""), (["client"], WRONG_USE, ""), (["--set", "log.levle=debug", "status"], WRONG_USE, "log.level")):
            with self.subTest(words=words):
                code, out, err = self.smw.run(*words)
                self.assertEqual(code, status, err)
                self.assertEqual(out, "")
                self.assertIn(said, err)
        code, _, err = self.smw.run("--json", "peer", "show", "nobody")
        self.assertEqual((code, json.loads(err)["code"]), (REFUSED, "not-found"))

    def test_nothing_answers_where_no_daemon_runs(self):
        absent = Node(self.folder, "absent", "smw")
        code, _, err = absent.run("status")
        self.assertEqual(code, UNREACHABLE)
        self.assertIn("is `knoop serve` running?", err)
        code, _, err = absent.run("serve")
        self.assertEqual(code, REFUSED)
        self.assertIn("knoop init", err)

    def test_the_text_that_is_shown_and_who_must_speak_are_kept_and_shown(self):
        officer, worker = ("--as", "privacy-officer:fg"), ("--as", "professional:anja")
        printed = self.smw.must(*worker, "consent", "text", "print", "--recipient", "bjz", "--categories", "F05", "--until", "2099-01-01")
        for words in ("Organisatie smw", "Organisatie bjz", "F05 Aanleiding en hulpvraag", "intrekken", "Handtekening"):
            self.assertIn(words, printed)
        own = self.folder / "tekst"
        own.write_text("Mogen wij {rubrieken} geven aan {ontvanger} voor {doel}, {periode}? U kunt dit altijd intrekken.")
        add = ("consent", "text", "add", "--version", "eigen-1", "--file", own)
        self.assertEqual(self.smw.run(*worker, *add)[0], REFUSED)
        self.smw.must(*officer, *add)
        self.assertEqual(self.smw.run(*officer, *add)[0], REFUSED)
        self.assertIn("eigen-1", self.smw.must(*worker, "consent", "text", "list"))

        self.assertEqual(self.smw.run(*worker, "consent", "policy", "--every-parent", "no")[0], REFUSED)
        self.assertEqual(self.smw.run(*officer, "consent", "policy", "--review-days", "30")[0], REFUSED)
        self.smw.must(*officer, "consent", "policy", "--every-parent", "no", "--review-days", "3")
        policy = json.loads(self.smw.must("--json", *worker, "consent", "policy"))
        self.assertEqual((policy["everyParent"], policy["reviewDays"]), (False, 3))
        self.assertIn("12", self.smw.must(*worker, "consent", "policy"))

    def test_who_decides_without_consent_and_who_reviews_are_two(self):
        officer, worker = ("--as", "privacy-officer:fg"), ("--as", "professional:anja")
        nobody = "0" * 32
        self.assertIn("None.", self.smw.must(*officer, "ground", "reviews"))
        self.assertIn("None.", self.smw.must(*worker, "ground", "to-tell"))
        for account, words in ((worker, ("reviews",)), (worker, ("review", nobody, "--verdict", "terecht", "--words", "goed")),
                               (officer, ("end", nobody)), (officer, ("told", nobody, "--how", "gebeld")),
                               (worker, ("end", nobody)), (worker, ("postpone", nobody, "--until", "2099-01-01", "--because", "gevaar"))):
            self.assertEqual(self.smw.run(*account, "ground", *words)[0], REFUSED, words)
        code, _, err = self.smw.run(*worker, "ground", "record", "--client", "C-404", "--kind", "gerucht", "--recipient", "bjz", "--item",
                                    nobody, "--reasons", "zomaar")
        self.assertEqual(code, REFUSED)
        self.assertIn("ondertoezichtstelling", err)
        self.assertEqual(self.smw.status()["grounds"], {"reviews": 0, "lateReviews": 0, "toTell": 0, "lateToTell": 0})

    def test_what_nobody_may_do_is_in_the_log_which_verifies(self):
        self.smw.run("client", "list")
        account = ("--as", "privacy-officer:fg")
        entries = json.loads(self.smw.must("--json", *account, "audit", "show"))
        refused = [entry for entry in entries if entry["event"] == "command.refused"]
        self.assertEqual((refused[-1]["object"], refused[-1]["role"]), ("POST /api/v1/clients/search", "administrator"))
        out = self.folder / "smw.audit.jsonl"
        self.smw.must(*account, "audit", "export", "--reason", "controle van het kwartaal", "--out", out)
        self.assertEqual(run("audit", "verify", out, "--convenant", self.convenant)[0], DONE)
        out.write_text(out.read_text().replace("command.refused", "command.refusal"))
        self.assertEqual(run("audit", "verify", out, "--convenant", self.convenant)[0], FINDINGS)

    def test_settings_that_changed_are_in_the_log_and_the_same_ones_are_not_again(self):
        def told():
            entries = json.loads(self.smw.must("--json", "--as", "privacy-officer:fg", "audit", "show", "--limit", "500"))
            return [entry["detail"] for entry in entries if entry["event"] == "config.changed" and entry["object"] == "settings"]
        before = told()
        self.smw.stop()
        with open(self.smw.config, "a") as config:
            config.write("[limits]\nimport_rows = 1999999\n")
        self.smw.start()
        self.assertEqual(told()[len(before):], ["limits.import_rows = 1999999"])
        self.smw.stop()
        self.smw.start()
        self.assertEqual(len(told()), len(before) + 1)

    def test_an_import_says_what_it_took_and_what_not_and_the_log_of_the_daemon_names_nobody(self):
        clients = self.folder / "clients.csv"
        header = "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;gemeentecode;ouder1_bsn;ouder2_bsn"
        clients.write_text(header + "\nC-1;999990019;Merktekenaar;;Zichtbaar;2015-03-04;V;1234AB;1;;0392;;\nC-2;123;Ander;;Fout;2015-03-04;V;;;;;;\n")
        rejects = self.folder / "rejects.csv"
        dry = json.loads(self.smw.must("--json", "client", "import", clients, "--dry-run"))
        self.assertEqual((dry["accepted"], dry["rejected"]), (1, 1))
        done = json.loads(self.smw.must("--json", "client", "import", clients, "--rejects", rejects))
        self.assertEqual((done["state"], done["accepted"], done["rejected"]), ("done", 1, 1))
        self.assertIn(";3;bsn;", rejects.read_text())
        again = json.loads(self.smw.must("--json", "client", "import", clients))
        self.assertEqual(again["files"][0]["unchanged"], 1)
        shown = json.loads(self.smw.must("--json", "--as", "professional:anja", "client", "show", "C-1", "--purpose", "test"))
        self.assertEqual((shown["surname"], shown["bsn"]), ("Zichtbaar", "999990019"))
        clients.write_text("not;a;clients;file\n")
        code, _, err = self.smw.run("client", "import", clients)
        self.assertEqual(code, REFUSED)
        self.assertEqual(len(json.loads(self.smw.must("--json", "--as", "professional:anja", "client", "list"))), 1)
        for secret in ("Zichtbaar", "Merktekenaar", "999990019", "C-1"):
            self.assertNotIn(secret, self.smw.log.read_text())

    def test_an_upload_goes_on_after_the_node_was_killed(self):
        def ask(method, address, body=b"", kind="application/octet-stream"):
            connection = http.client.HTTPConnection("knoop", timeout=PATIENCE)
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(PATIENCE)
            connection.sock.connect(str(self.smw.socket))
            connection.request(method, "/api/v1/imports" + address, body, {"Content-Type": kind} if body else {})
            answer = connection.getresponse()
            read = answer.status, json.loads(answer.read())
            connection.close()
            return read

        header = "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;gemeentecode;ouder1_bsn;ouder2_bsn"
        text = (header + '\nU-1;;Zoë;;"Half;Heel";2015-03-04;V;;;;;;\nU-2;;Bo;;Smit;2014-01-01;M;;;;;;\n').encode()
        cut = text.index("ë".encode()) + 1  # in the middle of a record, and of a character
        status, job = ask("POST", "", b"{}", "application/json")
        self.assertEqual(status, 201)
        address = f"/{job['id']}"
        self.assertEqual(ask("PUT", address + "/clients/chunks/0", text[:cut]), (200, {"next": 1}))
        self.smw.stop(signal.SIGKILL)
        self.smw.start()
        status, job = ask("GET", address)
        self.assertEqual((job["state"], job["chunks"]), ("staging", [{"file": "clients", "next": 1}]))
        self.assertEqual(ask("PUT", address + "/clients/chunks/0", text[:cut]), (200, {"next": 1}))  # its answer may have been lost
        self.assertEqual(ask("PUT", address + "/clients/chunks/1", text[cut:]), (200, {"next": 2}))
        self.assertEqual(ask("POST", address + "/finish", b"{}", "application/json")[0], 200)
        done = wait_until(lambda: (job := ask("GET", address)[1])["state"] != "applying" and job, "the import to end")
        self.assertEqual((done["state"], done["accepted"], done["rejected"]), ("done", 2, 0))
        shown = json.loads(self.smw.must("--json", "--as", "professional:anja", "client", "show", "U-1", "--purpose", "test"))
        self.assertEqual((shown["givenNames"], shown["surname"]), ("Zoë", "Half;Heel"))

    def test_files_of_another_system_go_in_through_a_mapping_and_own_records_come_out(self):
        mapping, rows, out = self.folder / "mapping.json", self.folder / "rows.json", self.folder / "out"
        mapping.write_text(json.dumps({"clients": [{"field": "client_ref", "column": "nr"}, {"field": "achternaam", "column": "naam"},
                                                   {"field": "geslacht", "column": "sekse", "values": [{"from": "Vrouw", "to": "V"}]}]}))
        rows.write_text(json.dumps([{"nr": 7001, "naam": "Merkwaardig", "geboortedatum": "2015-03-04", "sekse": "Vrouw"}, {"nr": 7002}]))
        self.smw.must("mapping", "put", "ander", mapping)
        self.assertEqual([each["name"] for each in json.loads(self.smw.must("--json", "mapping", "list"))], ["ander"])
        told = self.smw.must("client", "import", rows, "--mapping", "ander", "--preview")
        for words in ("achternaam", "naam", "added", "rejected", "A dry run: nothing was changed."):
            self.assertIn(words, told)
        self.assertNotIn("Merkwaardig", told)
        done = json.loads(self.smw.must("--json", "client", "import", rows, "--mapping", "ander"))
        self.assertEqual((done["state"], done["accepted"], done["rejected"], done["form"]), ("done", 1, 1, "json"))
        self.assertEqual(self.smw.run("client", "import", rows, "--mapping", "is-er-niet")[0], REFUSED)
        self.smw.must("mapping", "remove", "ander")

        out.mkdir()
        words = ["client", "export", "--out", out, "--reason", "Overgang", "--client", "7001"]
        self.assertEqual(self.smw.run("--as", "professional:anja", *words)[0], REFUSED)
        self.smw.must("--as", "team-lead:tom", *words)
        lines = (out / "clients.csv").read_text().splitlines()
        self.assertEqual(lines[1], "7001;;;;Merkwaardig;2015-03-04;V" + ";" * 9)
        self.assertEqual(stat.S_IMODE((out / "clients.csv").stat().st_mode), 0o600)
        self.assertEqual(self.smw.run("--as", "team-lead:tom", *words)[0], REFUSED)  # what is there is not replaced


class Keys(unittest.TestCase):
    def test_a_passphrase_opens_the_node_and_a_wrong_one_changes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            node = Node(folder, "klein", "smw")
            node.config.write_text(node.config.read_text().split("[database]")[0])
            words = ["init", "--id", "klein", "--name", "Klein", "--kind", "smw", "--dials-out-only", "--organisation-key", Path(folder) / "o.key"]
            self.assertEqual(node.run(*words)[0], REFUSED)  # nobody there to ask
            self.assertEqual(node.run(*words, lines=["kort"])[0], REFUSED)
            self.assertFalse((node.data / "knoop.db").exists())
            code, _, err = node.run(*words, lines=[PASSPHRASE, "een tweede passphrase"])
            self.assertEqual(code, DONE, err)
            self.assertEqual(node.run(*words, lines=[PASSPHRASE, PASSPHRASE])[0], REFUSED)
            code, _, err = node.run("card", "show", lines=["een andere passphrase"])
            self.assertEqual(code, REFUSED)
            self.assertIn("passphrase", err)
            self.assertEqual(node.run("card", "show", lines=["een tweede passphrase"])[0], DONE)

    def test_init_refuses_what_no_card_can_hold_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            node = Node(folder, "x", "smw")  # one letter is no short name
            code, _, err = node.init()
            self.assertEqual(code, REFUSED)
            self.assertIn("id", err)
            self.assertFalse((Path(folder) / "x.organisation").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
