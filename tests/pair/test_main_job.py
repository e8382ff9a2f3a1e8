"""The main job on the real input files: 1,040 contacts, numbered and green on both sides, edited on both, none lost."""

from __future__ import annotations

import random
import time

from tests.pair import main_job
from tests.pair.waiting import eventually

SEED = 20


def test_main_job(own_firm, shared_data):
    """Import, 1,040 green with distinct equal numbers and equal fields, 200 + 200 + 50 edits at once, nothing lost."""
    main_job.run(own_firm, shared_data, print)


def test_main_job_with_kills(own_firm, shared_data, tmp_path):
    """Kill -9 of the import, of either product's processes and of everything, in the middle: the same end state."""
    chance = random.Random(SEED)
    whole = tmp_path / "everybody.csv"
    head, *_ = texts = [(shared_data / name).read_text(encoding="utf-8") for name in main_job.FILES]
    whole.write_text(head + "".join(text.partition("\n")[2] for text in texts[1:]), encoding="utf-8")
    count = main_job.rows_in(shared_data)

    _import_and_kill(own_firm, whole, at=0)  # before it has written anything, or in its first chunk
    _import_and_kill(own_firm, whole, at=1)  # after the first chunk
    for child in chance.sample(sorted(own_firm.children()), 2):
        own_firm.kill(child)
    again = own_firm.start("import-contacts", str(whole), "--product", "practice")
    eventually(own_firm.pm.counts, 30)
    own_firm.kill_all()  # both products and their workers, in the middle of the exchange
    again.communicate(timeout=60)
    own_firm.up()

    said = own_firm.run("import-contacts", str(whole), "--product", "practice")
    main_job.wait_all_green(own_firm, count, print)
    main_job.check_equal(own_firm, count, print)
    main_job.check_compare(own_firm, count, print)
    assert "0 rows refused" in said


def _import_and_kill(firm, file, at):
    """Start the import and kill -9 it once `at` contacts or more are there."""
    running = firm.start("import-contacts", str(file), "--product", "practice")
    deadline = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < deadline:
        if sum(firm.pm.counts().values()) >= at:
            time.sleep(0.0 if at else 0.8)
            running.kill()
            break
    running.communicate()
