"""Idempotency-Key: a repeated POST gets the first answer, and nothing is done twice (API-6).

Key and answer are written in the transaction of the operation itself. So the answer is kept
exactly when the change is; a repeat that comes while the first is still running waits for it.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.api.models import IdempotentAnswer
from counterpart.foundation.api.problems import FAULTS_FROM, BadRequest
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Refusal

KEPT_FOR: Final = timedelta(hours=24)
KEY_LENGTH_MAX: Final = 200
KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")
COLUMNS: Final = ("user_id", "key", "request_digest", "status", "headers", "body", "created_at")


def once(request: HttpRequest, actor: Actor, key: str, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the operation unless this person's key was answered before.

    Raises BadRequest for a key that is too long and Refusal (422) for a key reused with another request.
    """
    if len(key) > KEY_LENGTH_MAX or not key.isprintable():
        raise BadRequest(f"An Idempotency-Key has at most {KEY_LENGTH_MAX} printable characters.")
    at = clock.now()
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    with transaction.atomic():
        IdempotentAnswer.objects.filter(created_at__lt=at - KEPT_FOR).delete()
        user_id = actor.user_id or 0
        row: tuple[object, ...] = (user_id, key, digest, 0, {}, "", at)
        if not insert_rows(IdempotentAnswer, COLUMNS, [row], ignore_conflicts=True):
            return _first_answer(actor, key, digest)
        response = run()
        if response.status_code >= FAULTS_FROM or not isinstance(response, HttpResponse):
            transaction.set_rollback(True)
            return response
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        IdempotentAnswer.objects.filter(user_id=user_id, key=key).update(
            status=response.status_code, headers=headers, body=response.content.decode()
        )
        return response


def _first_answer(actor: Actor, key: str, digest: str) -> HttpResponse:
    kept = IdempotentAnswer.objects.get(user_id=actor.user_id or 0, key=key)
    if kept.request_digest != digest:
        raise Refusal(
            "This Idempotency-Key was used for a different request.", field="Idempotency-Key", code="idempotency.reused"
        )
    return HttpResponse(kept.body, status=kept.status, headers=kept.headers | {"Idempotent-Replay": "true"})
