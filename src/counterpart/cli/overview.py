"""`check`, `sweep` and `status`: what the engine says of the link, put side by side for both products."""

from __future__ import annotations

from typing import Any

from counterpart.cli import folder, manage, up
from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop, line, warn


def check(place: Place) -> None:
    """Each site checks its own way to the peer; both directions must be well."""
    if not _both(place, "sync_check"):
        raise Stop("The connection is not in order; the lines above say what to do.")


def sweep(place: Place) -> None:
    """Driven from Practice Management; a difference is repaired by an ordinary exchange, so both must run."""
    process = manage.start(place, Product.PRACTICE, "sync_sweep")
    output, complaint = process.communicate()
    if output.strip():
        line(output.strip())
    if process.returncode:
        raise Stop(complaint.strip() or "The sweep did not finish.", process.returncode)


def status(place: Place) -> None:
    """What runs, then each site's records by colour. Works also while the sites are stopped."""
    running = folder.is_held(place.data)
    run_file: dict[str, Any] = folder.read(place.data / folder.RUN) if running else {}
    line(f"Data folder  {place.data}")
    line(f"Running      {_running(run_file) if running else 'no; start both with: counterpart up'}")
    for product in Product:
        state = "answers" if running and up.answers(place.local_url(product)) else "does not answer"
        line(f"{product.label:<21}{place.url(product)} ({state})")
    _both(place, "sync_status")


def _running(run_file: dict[str, Any]) -> str:
    children = run_file.get("children", {})
    named = ", ".join(f"{name} {pid}" for name, pid in children.items())
    return f"yes, process {run_file.get('pid', '?')} ({named})" if named else "starting"


def _both(place: Place, command: str) -> bool:
    """The command on both sites at once; prints what each says. Whether both went well."""
    processes = {each: manage.start(place, each, command) for each in Product}
    well = True
    for product, process in processes.items():
        output, complaint = process.communicate()
        line(f"\n{product.label}")
        line(output.rstrip())
        if process.returncode:
            well = False
            warn(complaint.strip())
    return well
