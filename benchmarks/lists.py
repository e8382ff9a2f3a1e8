"""A page of the list of contacts with each kind of filter and sort, as a request through all of Django (LST).

    python benchmarks/lists.py --data FOLDER [--product accounting] [--postgres postgres://…/database] [--times 4]

Reads one product of a firm that is there; ``hundred.py`` makes one with 100,000 contacts. Beside it: the first page of
the table by name and the number of rows, asked of the database alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from typing import Any

TARGET_MS = 100
PRACTICE = (
    "", "sort=-name", "sort=reference", "sort=-reference", "sort=email", "sort=-email", "sort=updated", "sort=-updated",
    "sort=created", "sort=email,-updated", "kind=company", "kind=individual", "type=vendor", "type=none:client",
    "status=closed", "status=all", "link=synchronized", "link=error", "link=none:synchronized",
    "link=pending&sort=email",
    "name=contains:ster", "name=starts:ada", "name=starts:ada&sort=-updated", "email=contains:hol", "email=filled:",
    "email=empty:", "email=empty:&sort=-updated", "city=albany", "city=albany&sort=email", "country=us", "phone=555",
    "reference=starts:55", "updated=last:30", "updated_by=admin", "q=lomax", "q=ada&sort=email", "page=200",
    "page=1900&sort=-email", "q=zzzz", "company=empty:&sort=reference",
)  # fmt: skip
ACCOUNTING = (
    "", "sort=-name", "sort=number", "sort=-number", "sort=email", "sort=-email", "sort=updated", "sort=-updated",
    "sort=created", "sort=email,-updated", "contact_type=client", "contact_type=none:client", "display_as=company",
    "is_group=no", "status=closed", "status=all", "sync=green", "sync=red", "sync=none:green",
    "sync=lightblue&sort=email",
    "name=contains:ster", "name=starts:ada", "name=starts:ada&sort=-updated", "email=contains:hol", "email=filled:",
    "email=empty:", "email=empty:&sort=-updated", "city=albany", "city=albany&sort=email", "country=us", "phone=555",
    "number=starts:55", "updated=last:30", "updated_by=admin", "q=lomax", "q=ada&sort=email", "page=200",
    "page=1900&sort=-email", "q=zzzz", "company=empty:&sort=number",
)  # fmt: skip


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--data", required=True)
    given.add_argument("--product", choices=["practice", "accounting"], default="practice")
    given.add_argument("--postgres", default="")
    given.add_argument("--times", type=int, default=4)
    asked = given.parse_args()
    os.environ["COUNTERPART_DATA"] = asked.data
    os.environ["DJANGO_SETTINGS_MODULE"] = f"counterpart.sites.{asked.product}.settings"
    if asked.postgres:
        os.environ[f"COUNTERPART_{asked.product.upper()}_DATABASE_URL"] = asked.postgres
    import django

    django.setup()
    run(asked.product, PRACTICE if asked.product == "practice" else ACCOUNTING, asked.times)


def run(product: str, pages: tuple[str, ...], times: int) -> None:
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from counterpart.foundation.users.models import User

    settings.ALLOWED_HOSTS.append("testserver")
    Contact = apps.get_model(f"{product}_contacts", "Contact")
    tidied(connection)
    client = Client()
    client.force_login(User.objects.get(email="admin@example.com"))
    took = {page: [timed(client, page) for _ in range(times)][1:] for page in pages}
    every = [one for some in took.values() for one in some]
    plain = statistics.median(plainly(Contact) for _ in range(5))
    cuts = statistics.quantiles(every, n=100)
    print(
        f"lists, {product}, {connection.vendor}, {Contact.objects.count():,} contacts, {len(pages)} filters and sorts: "
        f"p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms (target: under {TARGET_MS}); "
        f"the bare page by name {plain:.0f} ms, ratio at p95 {cuts[94] / plain:.1f}"
    )
    for page in sorted(took, key=lambda page: -statistics.median(took[page]))[:6]:
        print(f"  slowest: {page or 'as it opens'}: {statistics.median(took[page]):.0f} ms")


def tidied(connection: Any) -> None:
    """As the database is some minutes after a load: what PostgreSQL does by itself then may be switched off here."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def timed(client: Any, page: str) -> float:
    began = time.perf_counter()
    answer = client.get(f"/contacts/?{page or 'page=1'}")
    if answer.status_code != 200:
        sys.exit(f"The list answered {answer.status_code} to {page!r}.")
    return (time.perf_counter() - began) * 1000


def plainly(model: Any) -> float:
    began = time.perf_counter()
    list(model.objects.filter(deleted_at=None).order_by("sort_name", "pk").values()[:50])
    model.objects.filter(deleted_at=None).count()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
