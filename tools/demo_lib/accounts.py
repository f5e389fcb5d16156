"""People who can sign in at a node's console: accounts with a password and a second factor, set up as a browser would."""
import base64
import hashlib
import hmac
import json
import struct
import time
import urllib.error
import urllib.request
from collections import Counter

from .failure import Failed

# Of accounts that live as long as a demo; each long enough for a node to take it.
PASSWORD = "voorbeeld van een wachtwoord"


def totp(secret, at):
    """The six digits of RFC 6238 that belong to this second."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Account:
    def __init__(self, node, name, role, display, secret=""):
        self.node, self.name, self.role, self.display, self.secret = node, name, role, display, secret

    def code(self):
        return totp(self.secret, time.time() + self.node.clock_offset)

    def as_json(self):
        return {"name": self.name, "role": self.role, "displayName": self.display, "password": PASSWORD, "secret": self.secret}


class Browser:
    """As much of one as setting up a second factor needs."""

    def __init__(self, address):
        self.address, self.cookie, self.csrf = address, None, None

    def post(self, path, body):
        headers = {"Content-Type": "application/json"}
        if self.cookie:
            headers |= {"Cookie": self.cookie, "X-CSRF-Token": self.csrf}
        request = urllib.request.Request(self.address + "/api/v1" + path, json.dumps(body).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                if "Set-Cookie" in answer.headers:
                    self.cookie = answer.headers["Set-Cookie"].split(";")[0]
                got = json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Failed(f"{path} was answered {refused.code}: {refused.read().decode(errors='replace')}") from None
        self.csrf = got.get("csrfToken", self.csrf)
        return got


def make(node, name, role, display, second_factor=True):
    """An account; without `second_factor` its first sign-in in a browser sets that up."""
    node.run("user", "create", name, "--role", role, "--display-name", display, passphrase=PASSWORD)
    account = Account(node, name, role, display)
    if second_factor:
        browser = Browser(node.web)
        browser.post("/session", {"name": name, "password": PASSWORD})
        account.secret = browser.post("/session/second-factor", {})["secret"]
        # A code counts once, so the one of this step is used up: the next one counts for whoever signs in next.
        browser.post("/session/second-factor/confirm", {"code": account.code()})
    return account


def busiest(organisation):
    """The professional with most involvements: the work list of an account is that of the person with its name."""
    return Counter(row["professional"] for row in organisation.involvement_rows).most_common(1)[0][0]


def make_demo(network, path):
    """One professional at each side of the story, a privacy officer, an administrator; also written to `path`."""
    smw, bjz = network.of_kind("smw"), network.of_kind("bjz")
    made = [make(smw, "smw", "professional", busiest(smw.organisation)), make(bjz, "bjz", "professional", busiest(bjz.organisation)),
            make(smw, "privacy", "privacy-officer", "Functionaris van het voorbeeld"), make(smw, "beheer", "administrator", "Beheerder van het voorbeeld")]
    path.write_text("\n".join(told(made)) + "\n", encoding="utf-8")
    return made


def told(made):
    width = max(len(account.node.web) for account in made)
    return [f"{account.node.web:{width}}  {account.name:8} {account.role:16} {account.display} ({account.node.name})" for account in made] + [
        f"password of all: {PASSWORD}"] + [f"secret of {account.name:8} {account.secret}" for account in made]
