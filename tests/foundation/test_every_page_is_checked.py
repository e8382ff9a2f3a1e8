"""The release gate of accessibility (11.2) covers every page there is: whoever adds one adds it to the list."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.e2e.addresses import pages
from tests.foundation.conftest import signed_in

from counterpart.foundation.users.models import User

BESIDE = ("/accounts/", "/sync/v1/", "/static/")
"""The sign-in pages have a test of their own; what programs ask is no page."""


@pytest.mark.django_db
def test_every_page_is_looked_at_by_axe(admin: User) -> None:
    """Every address that needs nothing filled in and answers an administrator with a whole page is in the list."""
    client = signed_in(admin)
    listed = {path.partition("?")[0] for path in pages(settings.COUNTERPART_PRODUCT)}

    forgotten = [
        path for path in sorted(set(_plain("/", get_resolver()))) if path not in listed and _is_page(client, path)
    ]

    assert not forgotten, "\n".join(forgotten)


def _plain(prefix: str, resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _plain(path, pattern)
        elif isinstance(pattern, URLPattern) and "<" not in path and "(" not in path:
            yield path


def _is_page(client: Client, path: str) -> bool:
    if path.startswith(BESIDE):
        return False
    answer = client.get(path)
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and is_html and b"<html" in getattr(answer, "content", b"")
