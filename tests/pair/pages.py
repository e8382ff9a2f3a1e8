"""A person at the pages of one product, without a browser: signs in, follows forms, reads what is shown."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Page:
    status: int
    url: str
    text: str

    @property
    def words(self) -> str:
        """What a reader sees: no tags, white space folded."""
        bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(bare).split())


@dataclass(slots=True)
class Person:
    """One signed-in session. Forms are posted with the token the page itself carried."""

    url: str
    opener: urllib.request.OpenerDirector = field(init=False)
    cookies: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.url, path)))

    def post(self, path: str, **fields: str) -> Page:
        content = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self._token()}).encode()
        target = urllib.parse.urljoin(self.url, path)
        return self._open(urllib.request.Request(target, content, {"Referer": target, "Origin": self.url}))

    def post_many(self, path: str, fields: list[tuple[str, str]]) -> Page:
        """The same for a form in which a name may occur more than once."""
        content = urllib.parse.urlencode([*fields, ("csrfmiddlewaretoken", self._token())]).encode()
        target = urllib.parse.urljoin(self.url, path)
        return self._open(urllib.request.Request(target, content, {"Referer": target, "Origin": self.url}))

    def sign_in(self, email: str, password: str) -> Page:
        page = self.get("/")
        arrived = self.post(urllib.parse.urlsplit(page.url).path, login=email, password=password)
        assert arrived.status == 200, arrived.words[:300]
        assert "/accounts/" not in arrived.url, arrived.words[:300]
        return arrived

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            answer = self.opener.open(request, timeout=TIMEOUT_S)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return Page(answer.status or 0, answer.url, answer.read().decode())

    def _token(self) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(self._form_page()).text)
        assert token, "no form on the page"
        return token[1]

    def _form_page(self) -> str:
        return "/"
