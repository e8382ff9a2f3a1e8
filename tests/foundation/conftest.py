"""The cast: Ada may, Ben may not; and how they sign in or get a token."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import Role, User
from counterpart.foundation.users.operations import create_token

AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
PASSWORD = "counterpart-demo"


@pytest.fixture
def administrator_role(db: None) -> Role:
    return Role.objects.create(name="Administrator", is_administrator=True)


@pytest.fixture
def lawyer_role(db: None) -> Role:
    return Role.objects.create(name="Lawyer", rights=["contact.read", "contact.create"])


def person(email: str, name: str, *roles: Role) -> User:
    user = User(email=email, name=name, created_at=AT)
    user.set_password(PASSWORD)
    user.save()
    user.roles.set(roles)
    return user


@pytest.fixture
def admin(administrator_role: Role) -> User:
    return person("admin@example.com", "Firm Administrator", administrator_role)


@pytest.fixture
def ada(lawyer_role: Role) -> User:
    return person("ada@example.com", "Ada Moreau", lawyer_role)


@pytest.fixture
def ben(db: None) -> User:
    return person("ben@example.com", "Ben Osei")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token_for(user: User, *scopes: str, days: int = 30) -> str:
    made = create_token(
        actor=Actor.system("Test"),
        user=user,
        label="test",
        scopes=scopes or ("read", "write"),
        days=days,
        at=clock.now(),
    )
    return made.secret
