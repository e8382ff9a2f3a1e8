"""The people of the test firm. Ada may in both products, Ben may only look, Cleo exists in Practice Management only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.pair.databases import PRODUCTS
from tests.pair.firm import PASSWORD, Firm

ADA, BEN, CLEO = "ada@example.com", "ben@example.com", "cleo@example.com"
DORA, EMIL, NADIA = "dora@example.com", "emil@example.com", "nadia@example.com"

ROLES = {
    "practice": {ADA: "Lawyer", BEN: "Reception", CLEO: "Lawyer", DORA: "Lawyer", EMIL: "", NADIA: "Lawyer"},
    "accounting": {ADA: "Lawyer", BEN: "Reception", DORA: "", EMIL: "Lawyer", NADIA: "No own numbers"},
}
"""Role of each person in each product. Dora and Emil have a right to contacts in one product only."""

CODE = """
import json
from counterpart.cli.errands import people
from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.users import operations
from counterpart.foundation.users.models import Role
people.create_roles()
lawyer = Role.objects.get(name="Lawyer")
Role.objects.create(name="No own numbers", rights=lawyer.rights, restrict_contact_number_changes=True)
actor, tokens = Actor.system("Counterpart", "command"), {{}}
for email, role in {roles!r}.items():
    user = operations.create_user(
        actor=actor, email=email, name=email.split("@")[0].title(), password={password!r}, at=clock.now(),
        roles=list(Role.objects.filter(name=role)),
    )
    tokens[email] = operations.create_token(
        actor=actor, user=user, label="test", scopes=["read", "write"], days=1, at=clock.now()
    ).secret
print(json.dumps(tokens))
"""


def engage(firm: Firm) -> None:
    """Add everybody to both products, each with a token."""

    def add(product: str) -> None:
        tokens = firm.shell(product, CODE.format(roles=ROLES[product], password=PASSWORD))
        firm.tokens.update({f"{product} {email}": token for email, token in tokens.items()})

    with ThreadPoolExecutor() as pool:
        list(pool.map(add, PRODUCTS))
