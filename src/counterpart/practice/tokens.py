"""The identity a create form is given when it is shown, so that sending it twice makes one record (WIN-8)."""

from typing import Final
from uuid import UUID

from django.core import signing

from counterpart.foundation.ids import new_id

TOKEN_SALT: Final = "practice.form"  # noqa: S105 - names the purpose of a signature, and is no secret


def new_token() -> str:
    """A fresh identity for one create form, signed: nobody chooses the identity of a record."""
    return signing.Signer(salt=TOKEN_SALT).sign(str(new_id()))


def id_of(token: str) -> UUID:
    """The identity in a token; a new one if it is missing or not ours."""
    try:
        return UUID(signing.Signer(salt=TOKEN_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return new_id()
