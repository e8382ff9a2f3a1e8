"""One product through its API, as a program of the firm uses it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.pair.waiting import WITHIN_S, eventually

Contact = dict[str, Any]
TIMEOUT_S = 30.0
PAGE = 200


class Refused(AssertionError):
    """The API said no; the problem document says why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status}: {problem}")
        self.status, self.problem = status, problem

    @property
    def fields(self) -> dict[str, str]:
        """Message per field of a refused input."""
        return {error["field"]: error["message"] for error in self.problem.get("errors", [])}


NUMBERS = {
    ("practice", "contacts"): "reference",
    ("practice", "matters"): "file_reference",
    ("accounting", "contacts"): "number",
    ("accounting", "files"): "number",
}
"""What a record's number is called."""


@dataclass(frozen=True, slots=True)
class Site:
    """The records of one product, contacts unless said otherwise, as the person the token belongs to may use them."""

    product: str
    url: str
    token: str
    kind: str = "contacts"

    @property
    def matters(self) -> Site:
        """What the products exchange beside contacts: matters here, files there."""
        return replace(self, kind="matters" if self.product == "practice" else "files")

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        content = None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", content, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refusal:
            raise Refused(refusal.code, _problem(refusal.read())) from None
        return json.loads(text) if text else None

    def create(self, **fields: Any) -> Contact:
        made: Contact = self.call("POST", f"/{self.kind}", fields)
        return made

    def create_many(self, drafts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        answer = self.call("POST", f"/{self.kind}/batch", {"items": list(drafts)})
        made: list[dict[str, Any]] = answer["items"]
        return made

    def get(self, contact_id: str) -> Contact:
        found: Contact = self.call("GET", f"/{self.kind}/{contact_id}")
        return found

    def edit(self, contact_id: str, **fields: Any) -> Contact:
        changed: Contact = self.call("PATCH", f"/{self.kind}/{contact_id}", fields, If_Match="*")
        return changed

    def delete(self, contact_id: str) -> None:
        self.call("DELETE", f"/{self.kind}/{contact_id}", If_Match="*")

    def sync(self, contact_id: str) -> None:
        self.call("POST", f"/{self.kind}/{contact_id}/sync")

    def find(self, **filters: str) -> list[Contact]:
        """Every contact the filters leave, over all pages."""
        return list(self._pages({**filters, "limit": str(PAGE)}))

    def everything(self) -> dict[str, Contact]:
        """All records by their number in both products."""
        found = self.find()
        by_number = {self.number(contact): contact for contact in found}
        assert len(by_number) == len(found), "two records carry one number"
        return by_number

    def number(self, contact: Contact) -> str:
        given = contact[NUMBERS[self.product, self.kind]]
        return str(given) if given is not None else ""

    def by_number(self, number: str) -> Contact:
        """The contact with this number; fails unless it is exactly one."""
        [found] = self.find(**{NUMBERS[self.product, self.kind]: number})
        return found

    def by_alias(self, alias: str) -> Contact:
        """The contact with exactly this alias, which tests give to find a contact on the other side."""
        [found] = [one for one in self.find(q=alias) if one["alias"] == alias]
        return found

    def colour(self, contact_id: str) -> str:
        return str(self.get(contact_id)["sync"]["colour"])

    def wait(self, contact_id: str, colour: str = "green", within_s: float = WITHIN_S) -> Contact:
        """The contact, as soon as its link has this colour."""
        seen: list[Contact] = []

        def arrived() -> bool:
            seen[:] = [self.get(contact_id)]
            return bool(seen[0]["sync"]["colour"] == colour)

        try:
            eventually(arrived, within_s)
        except AssertionError as failure:
            link = seen[0]["sync"] if seen else failure
            raise AssertionError(f"{self.product}: not {colour} within {within_s:.0f} s but {link}") from None
        return seen[0]

    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/sync/summary")
        return found

    def counts(self) -> dict[str, int]:
        """How many records there are of each colour that occurs."""
        return {colour: count for colour, count in self.summary()["counts"].items() if count}

    def _pages(self, query: dict[str, str]) -> Iterator[Contact]:
        following = ""
        while True:
            more = {"cursor": following} if following else {}
            page = self.call("GET", f"/{self.kind}?" + urllib.parse.urlencode({**query, **more}))
            yield from page["items"]
            if not page["next"]:
                return
            following = str(page["next"])


def _problem(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text[:500].decode(errors="replace")}
    return found if isinstance(found, dict) else {"answer": found}
