"""The machine door of a site for the connected peer: inbox, receipt, beat, probe, tree and match (section 5)."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from counterpart.foundation.clock import now
from counterpart.sync.answering import answer_probe
from counterpart.sync.beats import hear_beat
from counterpart.sync.golive.answering import answer_match
from counterpart.sync.hearing import Refused
from counterpart.sync.keys import keys_in_use, private_key
from counterpart.sync.link import get_link, link_id
from counterpart.sync.messages import BATCH_BYTES_MAX
from counterpart.sync.models import Key, Link
from counterpart.sync.receipts import take_receipt
from counterpart.sync.receiving import receive
from counterpart.sync.signing import LINK_HEADER, SignatureRefused, SignedRequest, SignedResponse, sign, verify
from counterpart.sync.sweep.answering import answer_tree

logger = logging.getLogger("counterpart.sync")

Answer = Callable[[bytes, datetime], bytes]


def _answered(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Check that the peer sent it, answer, sign the answer. A refusal says why in one line of text."""
    link = get_link()
    if link is None or not link.peer_instance:
        return _no(403, "This site is not connected.")
    body = request.body
    if len(body) > BATCH_BYTES_MAX:
        return _no(413, "The message is too large.")
    at = now()
    own, theirs = keys_in_use()
    try:
        _verify(request, body, link, theirs, at)
        content = answer(body, at)
    except SignatureRefused as refusal:
        logger.warning("message refused: %s", refusal)
        return _no(401, str(refusal))
    except (Refused, msgspec.DecodeError, ValueError) as refusal:
        logger.warning("message refused: %s", refusal)
        return _no(400, "This message can't be read or is not for this link.")
    return _signed(content, link, own[0])


def _verify(request: HttpRequest, body: bytes, link: Link, keys: Sequence[Key], at: datetime) -> None:
    if request.headers.get(LINK_HEADER) != link_id(link):
        raise SignatureRefused("The message is for another link.")
    message = SignedRequest("POST", request.build_absolute_uri(), dict(request.headers))
    verify(message, body, public={key.key_id: key.public for key in keys}, at=at)


def _signed(content: bytes, link: Link, key: Key) -> HttpResponse:
    message = SignedResponse(200, {LINK_HEADER: link_id(link)})
    sign(message, content, key_id=key.key_id, private=private_key(key), at=now())
    return HttpResponse(content, content_type="application/json", headers=message.headers)


def _no(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_POST
def inbox(request: HttpRequest) -> HttpResponse:
    """A batch of states; the answer is the receipt, after the commit."""
    return _answered(request, receive)


@csrf_exempt
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """The peer's receipt for what ours told it; there is no answer but that it was taken."""
    return _answered(request, take_receipt)


@csrf_exempt
@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """A beat; the answer is ours."""
    return _answered(request, lambda body, at: hear_beat(body, at, answer=True))


@csrf_exempt
@require_POST
def match(request: HttpRequest) -> HttpResponse:
    """A question of a go-live."""
    return _answered(request, answer_match)


@csrf_exempt
@require_POST
def probe(request: HttpRequest) -> HttpResponse:
    """A question about records or numbers."""
    return _answered(request, lambda body, _: answer_probe(body))


@csrf_exempt
@require_POST
def tree(request: HttpRequest) -> HttpResponse:
    """A step of a sweep that the peer drives."""
    return _answered(request, answer_tree)


urlpatterns = [
    path("inbox", inbox), path("receipt", receipt), path("beat", beat),
    path("probe", probe), path("tree", tree), path("match", match),
]  # fmt: skip
