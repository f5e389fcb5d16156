"""A browser as far as signing in needs one: cookies by origin with their attributes, redirects one by one, and what it says of itself.

It is stricter than one on a single machine would be: another port is another site, so that SameSite is seen to matter.
"""
import http.client
import ssl
import urllib.parse


class Answer:
    def __init__(self, response, body, url):
        self.status, self.headers, self.body, self.url = response.status, response.headers, body.decode(), url

    @property
    def location(self):
        return urllib.parse.urljoin(self.url, self.headers["Location"])


class Browser:
    def __init__(self, authority=None):
        self.jar = {}  # origin -> name -> (value, attributes)
        self.here = None  # the origin of the page that is shown
        self.context = ssl.create_default_context(cafile=authority) if authority else None
        self.sent = []  # names of cookies, request by request

    @staticmethod
    def origin(url):
        parts = urllib.parse.urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"

    def cookies(self, url, method="GET", foreign=False):
        path = urllib.parse.urlsplit(url).path
        out = {}
        for name, (value, attributes) in self.jar.get(self.origin(url), {}).items():
            below = attributes.get("path", "/")
            if not (path == below or path.startswith(below.rstrip("/") + "/")):
                continue
            site = attributes.get("samesite", "lax").lower()
            if foreign and (site == "strict" or (site == "lax" and method != "GET")):
                continue
            out[name] = value
        return out

    def keep(self, url, headers):
        for line in headers.get_all("Set-Cookie") or []:
            first, *rest = [part.strip() for part in line.split(";")]
            name, value = first.split("=", 1)
            attributes = {word.split("=", 1)[0].lower(): word.partition("=")[2] for word in rest}
            mine = self.jar.setdefault(self.origin(url), {})
            if attributes.get("max-age") == "0" or value == "":
                mine.pop(name, None)
            else:
                mine[name] = (value, attributes)

    def ask(self, url, method="GET", body=None, headers=None, foreign=None):
        """One request, no redirect followed. `foreign`: another site made it; by itself, whether another site's page is shown."""
        parts = urllib.parse.urlsplit(url)
        if foreign is None:
            foreign = self.here is not None and self.here != self.origin(url)
        said = {"Sec-Fetch-Site": "cross-site" if foreign else "same-origin", **(headers or {})}
        cookies = self.cookies(url, method, foreign)
        self.sent.append(sorted(cookies))
        if cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=60, context=self.context)
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, said)
            response = connection.getresponse()
            answer = Answer(response, response.read(), url)
        finally:
            connection.close()
        self.keep(url, answer.headers)
        return answer

    def open(self, url, method="GET", body=None, headers=None, until=None):
        """Follows redirects, and stays where they end or where `until` says so. A chain that another site was part of stays foreign."""
        foreign = self.here is not None and self.here != self.origin(url)
        answer = self.ask(url, method, body, headers, foreign)
        for _ in range(20):
            if answer.status not in (302, 303) or (until and until(answer)):
                break
            foreign = foreign or self.origin(answer.location) != self.origin(answer.url)
            answer = self.ask(answer.location, foreign=foreign)
        self.here = self.origin(answer.url)
        return answer
