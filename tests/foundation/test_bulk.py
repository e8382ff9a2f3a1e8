"""Set-based writing stores exactly what the ORM would, on both engines."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterpart.foundation.bulk import insert_rows, update_rows, upsert_rows
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.foundation.users.models import ApiToken, Role, User

AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
TOKEN = ("id", "user", "label", "prefix", "digest", "scopes", "created_at", "expires_at", "revoked_at")

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create(email="ada@example.com", name="Ada Moreau", created_at=AT)


def test_inserted_rows_read_back_equal(ada: User) -> None:
    """Quotes, backslashes, braces, accents, nulls and JSON survive; one statement for the batch."""
    texts = ["plain", 'a "quoted" \\ {brace}, NULL', "Zoë O'Neill ☃", ""]
    rows = [
        (new_id(), ada.pk, text, "p", f"d{n}", [text, {"k": [1, None]}], AT, AT, None if n % 2 else AT)
        for n, text in enumerate(texts)
    ]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        written = insert_rows(ApiToken, TOKEN, rows)

    names = ("id", "user_id", *TOKEN[2:])
    stored = [tuple(row) for row in ApiToken.objects.order_by("digest").values_list(*names)]
    assert stored == rows
    assert (written, len(queries)) == (4, 1)


def test_a_text_longer_than_its_column_is_never_cut(ada: User) -> None:
    """PostgreSQL refuses it, whatever the array cast; SQLite keeps it whole (operations check lengths before)."""
    row = (new_id(), ada.pk, "x" * 81, "p", "d", [], AT, AT, None)

    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            insert_rows(ApiToken, TOKEN, [row])
    else:
        insert_rows(ApiToken, TOKEN, [row])

    expected = [] if connection.vendor == "postgresql" else ["x" * 81]
    assert list(ApiToken.objects.values_list("label", flat=True)) == expected


def test_updated_rows_change_by_key_and_nothing_else() -> None:
    roles = [Role.objects.create(name=f"Role {n}") for n in range(3)]

    changed = update_rows(
        Role,
        ["description", "rights"],
        [(roles[0].uuid, "a", ["x"]), (roles[2].uuid, "c", [])],
        key_columns=["uuid"],
    )

    stored = list(Role.objects.order_by("id").values_list("description", "rights"))
    assert changed == 2
    assert stored == [("a", ["x"]), ("", []), ("c", [])]


def test_conflicting_rows_are_left_or_overwritten(ada: User) -> None:
    first, second = new_id(), new_id()
    insert_rows(ApiToken, TOKEN, [(first, ada.pk, "one", "p", "d1", [], AT, AT, None)])
    again = [
        (first, ada.pk, "uno", "p", "d1", [], AT, AT, None),
        (second, ada.pk, "two", "p", "d2", [], AT, AT, None),
    ]

    ignored = insert_rows(ApiToken, TOKEN, again, ignore_conflicts=True)
    kept = list(ApiToken.objects.order_by("digest").values_list("label", flat=True))
    upsert_rows(ApiToken, TOKEN, again)
    overwritten = list(ApiToken.objects.order_by("digest").values_list("label", flat=True))

    assert (ignored, kept, overwritten) == (1, ["one", "two"], ["uno", "two"])


def test_a_row_of_the_wrong_width_is_refused(ada: User) -> None:
    with pytest.raises(ValueError, match="9 values"):
        insert_rows(ApiToken, TOKEN, [(new_id(), ada.pk, "one")])

    assert not ApiToken.objects.exists()


def test_a_batch_larger_than_one_statement_is_written_whole() -> None:
    columns = (
        "at",
        "actor_name",
        "origin",
        "site",
        "object_type",
        "verb",
        "changes",
        "previous_hash",
        "hash",
    )
    columns += ("actor_email", "actor_ip", "object_label", "reason", "message_id")
    rows = [(AT, f"n{n}", "system", "pm", "t", "v", {}, "", "", "", "", "", "", "") for n in range(5_001)]

    with CaptureQueriesContext(connection) as queries:
        written = insert_rows(Event, columns, rows)

    assert (written, Event.objects.count(), len(queries)) == (5_001, 5_001, 2)
