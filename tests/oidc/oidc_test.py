#!/usr/bin/env python3
"""Signing in at an identity provider: a real one (npm's oidc-provider), and a hostile one.

usage: oidc_test.py PROGRAM
"""
import json
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import support  # noqa: E402
from browser import Browser  # noqa: E402
from support import Node, Script, totp  # noqa: E402

START, BACK = "/api/v1/session/openid-connect", "/api/v1/session/openid-connect/callback"
SECRET = "een geheim van de node en de voorziening"


def session(node, browser):
    return browser.ask(node.address + "/api/v1/session")


class Case(unittest.TestCase):
    node = None

    def refusals(self):
        return [entry for entry in self.node.entries() if entry[0] == "user.log-in-refused"]

    def log_ins(self):
        return [entry for entry in self.node.entries() if entry[0] == "user.logged-in" and "identity provider" in (entry[3] or "")]

    def signed_in(self, browser):
        return session(self.node, browser).status == 200


class RealProvider(Case):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="knoop-")
        cls.folder = Path(cls.temporary.name)
        cls.node = Node(cls.folder)
        cls.provider = None

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()
        cls.temporary.cleanup()

    def tearDown(self):
        self.node.stop()
        if self.provider is not None:
            self.provider.stop()

    def serve(self, secret=True, certificate=None, **more):
        """A provider and the node that trusts it; they know each other's address."""
        type(self).provider = Script("provider.mjs", *(certificate or ()))
        if secret:
            path = self.folder / "secret"
            path.touch(0o600)
            path.write_text(SECRET + "\n")
            more["client_secret_file"] = path
        self.node.start(issuer=self.provider.address, client_id="knoop", **more)
        client = {"client_id": "knoop", "redirect_uris": [self.node.address + BACK], "response_types": ["code"],
                  "grant_types": ["authorization_code"], "token_endpoint_auth_method": "client_secret_basic" if secret else "none"}
        if secret:
            client["client_secret"] = SECRET
        self.provider.tell(clients=[client])

    def sign_in(self, browser, login, **form):
        """Up to and with the page on which the person ends."""
        page = browser.open(self.node.address + START)
        self.assertEqual(page.status, 200, page.body)
        self.assertIn("<form", page.body)
        return browser.open(page.url, "POST", urllib.parse.urlencode({"login": login, **form}),
                            {"Content-Type": "application/x-www-form-urlencoded"})

    def test_1_a_person_signs_in_with_the_own_second_factor_and_strangers_do_not(self):
        self.serve(name="Inloggen bij Voorbeeld")
        self.node.make("anna", "anna-bij-idp")
        ways = Browser().ask(self.node.address + "/api/v1/sign-in-ways")
        self.assertEqual(json.loads(ways.body), {"organisation": "Stichting Voorbeeld", "password": True,
                                                 "openIdConnect": {"name": "Inloggen bij Voorbeeld"}})
        browser = Browser()
        page = self.sign_in(browser, "anna-bij-idp")
        self.assertEqual(page.status, 200, page.body)
        self.assertIn('http-equiv="refresh"', page.body)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertEqual([name for name in browser.sent[-1] if not name.endswith("-openid")], [], "a Strict cookie came along")
        shown = json.loads(session(self.node, browser).body)
        self.assertEqual((shown["account"], shown["role"], shown["secondFactor"]), ("anna", "professional", "needed"))
        cookies = browser.jar[self.node.address]
        self.assertEqual(len(cookies), 1, "the cookie of the sign-in itself is gone")
        attributes = next(iter(cookies.values()))[1]
        self.assertEqual(attributes["samesite"], "Strict")
        self.assertLessEqual({"httponly", "secure"}, set(attributes))

        # Nothing but setting up the second factor; from then on it is asked for.
        def post(who, path, body):
            token = json.loads(session(self.node, who).body)["csrfToken"]
            return who.ask(self.node.address + path, "POST", json.dumps(body),
                           {"Content-Type": "application/json", "X-CSRF-Token": token})
        self.assertEqual(browser.ask(self.node.address + "/api/v1/work").status, 401)
        secret = json.loads(post(browser, "/api/v1/session/second-factor", {}).body)["secret"]
        self.assertEqual(post(browser, "/api/v1/session/second-factor/confirm", {"code": totp(secret, -1)}).status, 200)
        self.assertEqual(browser.ask(self.node.address + "/api/v1/work").status, 200)

        again = Browser()
        self.sign_in(again, "anna-bij-idp")
        self.assertEqual(json.loads(session(self.node, again).body)["secondFactor"], "asked")
        self.assertEqual(again.ask(self.node.address + "/api/v1/work").status, 401)
        self.assertEqual(post(again, "/api/v1/session/second-factor", {}).status, 409, "no new factor in place of the old")
        self.assertEqual(post(again, "/api/v1/session/second-factor/check", {"code": totp(secret, -1)}).status, 401, "used already")
        self.assertEqual(post(again, "/api/v1/session/second-factor/check", {"code": totp(secret)}).status, 200)
        self.assertEqual(again.ask(self.node.address + "/api/v1/work").status, 200)
        self.assertEqual(len(self.log_ins()), 3)

        # Who has no account gets none; the administrator finds the subject in the log.
        stranger = Browser()
        page = self.sign_in(stranger, "<b>iemand</b>")
        self.assertEqual(page.status, 403)
        self.assertIn("&lt;b&gt;iemand&lt;/b&gt;", page.body)
        self.assertFalse(self.signed_in(stranger))
        self.assertIn("no account for subject <b>iemand</b>", self.refusals()[-1][3])
        # Who is switched off stays out, and so do the sessions.
        self.assertEqual(self.node.ask("POST", "/api/v1/accounts/anna/disable", {})[0], 200)
        self.assertFalse(self.signed_in(browser))
        self.assertEqual(self.sign_in(Browser(), "anna-bij-idp").status, 403)
        self.assertEqual(self.node.ask("POST", "/api/v1/accounts/anna/enable", {})[0], 200)
        # Who stops half-way is told.
        page = self.sign_in(Browser(), "anna-bij-idp", cancel="1")
        self.assertEqual(page.status, 401)
        self.assertNotIn("de persoon wil niet", page.body)

    def test_2_a_code_counts_once_and_in_the_browser_that_asked_for_it(self):
        self.serve()
        self.node.make("berend", "berend")
        back = lambda answer: answer.location.startswith(self.node.address)  # noqa: E731

        def until_back(browser):
            page = browser.open(self.node.address + START)
            answer = browser.ask(page.url, "POST", "login=berend", {"Content-Type": "application/x-www-form-urlencoded"}, foreign=False)
            while answer.status in (302, 303) and not back(answer):
                answer = browser.ask(answer.location, foreign=False)
            return answer.location
        # A link with somebody else's code and state (forged sign-in) signs nobody in, not even who is in the middle of it.
        thief, victim = Browser(), Browser()
        link = until_back(thief)
        self.assertEqual(victim.open(link).status, 400)
        victim.open(self.node.address + START)
        self.assertEqual(victim.open(link).status, 400)
        self.assertFalse(self.signed_in(victim))
        # The one who began may end it, once.
        self.assertEqual(thief.open(link).status, 200)
        kept = dict(thief.jar[self.node.address])
        self.assertEqual(thief.open(link).status, 400)
        self.assertEqual(thief.jar[self.node.address], kept)
        # A code of another sign-in under the own state: the provider's proof key does not fit.
        first, second = until_back(one := Browser()), until_back(two := Browser())
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(second).query))
        query["code"] = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(first).query))["code"]
        page = two.open(self.node.address + BACK + "?" + urllib.parse.urlencode(query))
        self.assertEqual(page.status, 401)
        self.assertFalse(self.signed_in(two))
        self.assertFalse(self.signed_in(one))
        self.assertNotIn(query["code"], self.node.log.read_text() + page.body)
        # State that was never given, absent, or twice.
        for query in ("", "?code=x", "?state=x", "?code=x&state=" + "A" * 43, "?code=a&code=b&state=x"):
            self.assertEqual(two.open(self.node.address + BACK + query).status, 400, query)

    def test_3_the_second_factor_of_the_provider_counts_when_the_settings_want_it(self):
        self.serve(secret=False, acr="mfa")
        self.node.make("carla", "carla")
        browser = Browser()
        self.assertEqual(self.sign_in(browser, "carla").status, 401)
        self.assertFalse(self.signed_in(browser))
        self.assertIn("no second factor there", self.refusals()[-1][3])
        browser = Browser()
        self.assertEqual(self.sign_in(browser, "carla", acr="mfa").status, 200)
        self.assertEqual(json.loads(session(self.node, browser).body)["secondFactor"], "set")
        self.assertEqual(browser.ask(self.node.address + "/api/v1/work").status, 200)

    def test_4_tls_with_an_own_authority_and_never_without_checking(self):
        key, certificate, other = (self.folder / name for name in ("tls.key", "tls.pem", "other.pem"))
        for path, name in ((certificate, "localhost"), (other, "login.example")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                            "-keyout", key if path == certificate else self.folder / "other.key", "-out", path, "-subj", f"/CN={name}",
                            "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True)
        self.serve(certificate=(key, certificate), trust=certificate)
        self.node.make("dirk", "dirk")
        browser = Browser(certificate)
        self.assertEqual(self.sign_in(browser, "dirk").status, 200)
        self.assertTrue(self.signed_in(browser))
        for trust in ({"trust": other}, {}):
            self.node.stop()
            self.node.start(issuer=self.provider.address, client_id="knoop", **trust)
            self.assertEqual(Browser().open(self.node.address + START).status, 503)
        # The right authority, and another name.
        self.node.stop()
        self.node.start(issuer=self.provider.address.replace("localhost", "127.0.0.1"), client_id="knoop", trust=certificate)
        page = Browser().open(self.node.address + START)
        self.assertEqual(page.status, 503)
        self.assertIn("TLS", page.body)


class HostileProvider(Case):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="knoop-")
        cls.provider = Script("hostile.mjs")
        cls.node = Node(cls.temporary.name)
        cls.node.start(issuer=cls.provider.address, client_id="knoop")
        cls.node.make("anna", "anna")

    @classmethod
    def tearDownClass(cls):
        cls.provider.stop()
        cls.node.stop()
        cls.temporary.cleanup()

    def attempt(self, mode):
        self.provider.tell(mode=mode)
        browser = Browser()
        page = browser.open(self.node.address + START)
        self.assertNotIn("eyJ", page.body)
        return page.status, self.signed_in(browser)

    def test_1_what_is_right_is_believed(self):
        for mode in ("good", "es256"):
            self.assertEqual(self.attempt(mode), (200, True), mode)

    def test_2_a_token_that_is_not_for_this_sign_in_is_not_believed(self):
        for mode in ("other client", "other azp", "many audiences", "other nonce", "no nonce", "expired", "old", "future", "other issuer",
                     "no subject"):
            with self.subTest(mode):
                before = len(self.refusals())
                self.assertEqual(self.attempt(mode), (401, False))
                self.assertEqual(len(self.refusals()), before + 1)

    def test_3_a_signature_counts_by_the_key_that_was_published_and_its_own_algorithm(self):
        for mode in ("forged", "stranger's key", "unknown kid", "wrong kid", "own key", "critical", "none", "hs256", "twice", "deep"):
            with self.subTest(mode):
                self.assertEqual(self.attempt(mode), (401, False))

    def test_4_a_redirect_of_another_issuer_is_refused(self):
        for mode in ("mix-up", "silent redirect"):
            with self.subTest(mode):
                self.assertEqual(self.attempt(mode), (400, False))

    def test_5_a_provider_without_an_answer_changes_nothing(self):
        for mode in ("token down", "token fails", "no token", "not json"):
            with self.subTest(mode):
                self.assertEqual(self.attempt(mode), (503, False))
        for mode in ("down", "redirects", "huge", "poses as another", "keys elsewhere", "two of a name"):
            with self.subTest(mode):
                self.node.stop()
                self.node.start(issuer=self.provider.address, client_id="knoop")
                self.assertEqual(self.attempt(mode), (503, False))
        # Passwords work meanwhile, and nothing of a token stands in what the node writes.
        self.node.run("user", "create", "piet", "--role", "monitor", lines=["een zin die niemand raadt"] * 2)
        body = json.dumps({"name": "piet", "password": "een zin die niemand raadt"})
        answer = Browser().ask(self.node.address + "/api/v1/session", "POST", body, {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 201)
        self.assertNotIn("eyJ", self.node.log.read_text() + json.dumps(self.node.entries()))


if __name__ == "__main__":
    support.PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
