#!/usr/bin/env python3
"""Find PostgreSQL on this machine; run as a command: start it where it stands still, and print an address.

The command needs root (or sudo), because a fresh Debian server lets nobody else make a role.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

START_WITHIN_S = 30
ROLE = "counterpart_test"


def find() -> str:
    """The address of a server that lets us make databases, or nothing: as ourselves, or as postgres."""
    user = os.environ.get("USER") or "root"
    candidates = (f"postgres://{user}@127.0.0.1:5432/postgres", "postgres://postgres@127.0.0.1:5432/postgres")
    return next((address for address in candidates if lets_us_make_databases(address)), "")


def lets_us_make_databases(address: str) -> bool:
    import psycopg

    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def start() -> None:
    """Start Debian's cluster; harmless when it runs."""
    for cluster in sorted(Path("/etc/postgresql").glob("*/*")):
        version, name = cluster.parts[-2:]
        subprocess.run([*as_root(), "pg_ctlcluster", version, name, "start"], check=False, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        if subprocess.run(["pg_isready", "-q"], check=False).returncode == 0:
            return
        time.sleep(0.3)


def make_role() -> str:
    """A role of ours with a password of the moment, because the loopback asks for one."""
    password = secrets.token_hex(16)
    statement = f"DROP ROLE IF EXISTS {ROLE}; CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'"
    as_postgres = [*as_root(), "runuser", "-u", "postgres", "--"]
    subprocess.run(
        [*as_postgres, "psql", "-q", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=statement,
        text=True,
        check=True,
        cwd="/",
    )
    address = f"postgres://{ROLE}:{password}@127.0.0.1:5432/postgres"
    return address if lets_us_make_databases(address) else ""


def as_root() -> list[str]:
    return [] if os.geteuid() == 0 or not shutil.which("sudo") else ["sudo", "-n"]


def main() -> int:
    if not find():
        start()
    address = find() or make_role()
    print(address)
    return 0 if address else 1


if __name__ == "__main__":
    sys.exit(main())
