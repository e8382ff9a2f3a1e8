"""Merging duplicates as the engine of Practice Management sees it: Legal Accounting decides (section 16, DUP-11)."""

from uuid import UUID

import pytest
from sync_world import ADA, PERSON_VALUES, World, change, create, delete

from counterpart.foundation.errors import Refusal
from counterpart.practice.contacts.operations import restore_contact
from counterpart.protocol.absorbing import merged_value
from counterpart.sync import api as sync
from counterpart.sync.messages import Result
from counterpart.sync.models import Conflict, Record


@pytest.fixture
def pair(world: World) -> tuple[UUID, UUID]:
    """Survivor and loser, both green."""
    survivor, loser = create(at=world.at), create(at=world.at)
    world.settle()
    world.pass_time()
    return survivor, loser


def merge_there(world: World, survivor: UUID, loser: UUID) -> None:
    """The peer's person merges two contacts by their sync ids."""
    value = merged_value(str(survivor), world.peer.records[loser].state)
    world.peer.edit(loser, {"merged_into": value})


def test_an_alias_leads_to_its_survivor(world: World, pair: tuple[UUID, UUID]) -> None:
    """The absorbed identity is an alias for ever: pages and messages that name it find the survivor."""
    survivor, loser = pair
    alias, kept = world.sync_id(loser), world.sync_id(survivor)

    merge_there(world, kept, alias)
    world.peer_sends()

    assert sync.find_local("contact", alias) == survivor
    assert sync.aliases("contact", [loser, survivor]) == {loser}
    assert loser not in world.values(survivor)
    assert not sync.handler_for("contact").everything().filter(pk=loser).exists()
    world.settle()
    assert world.peer.due() == []


def test_a_survivor_who_is_not_here_comes_first(world: World, pair: tuple[UUID, UUID]) -> None:
    """Nothing is merged into nobody: the decision waits, and says for whom."""
    _, loser = pair
    stranger = world.peer.create(PERSON_VALUES)
    merge_there(world, stranger, world.sync_id(loser))

    receipt = world.peer_sends([world.sync_id(loser)])

    assert receipt is not None
    assert (receipt.results[0].result, receipt.results[0].missing) == ("retry", [str(stranger)])
    assert world.values(loser)
    world.pass_time(3600)
    world.settle()
    assert sync.find_local("contact", world.sync_id(loser)) == world.local_id(stranger)


def test_an_edit_that_crossed_fills_what_is_empty_and_is_archived_otherwise(
    world: World, pair: tuple[UUID, UUID]
) -> None:
    """S3: what was typed on the loser meanwhile is the survivor's, or waits for a decision; nothing is overwritten."""
    survivor, loser = pair
    change(survivor, email="kept@example.com", alias=None, at=world.at)
    world.settle()
    world.pass_time()
    merge_there(world, world.sync_id(survivor), world.sync_id(loser))
    change(loser, email="late@example.com", alias="Late", at=world.at)

    world.peer_sends()

    values = world.values(survivor)
    assert (values["email"], values["alias"]) == ("kept@example.com", "Late")
    archived = Conflict.objects.get(sync_id=world.sync_id(survivor), register="email")
    assert (archived.losing_value, archived.winning_value) == ("late@example.com", "kept@example.com")
    world.settle()
    assert world.peer.value(world.sync_id(survivor), "alias") == "Late"


def test_undone_there_it_is_back_here(world: World, pair: tuple[UUID, UUID]) -> None:
    """DUP-11: the loser is a contact of its own again, exchanged in full."""
    survivor, loser = pair
    alias = world.sync_id(loser)
    merge_there(world, world.sync_id(survivor), alias)
    world.peer_sends()
    world.pass_time()

    world.peer.edit(alias, {"merged_into": None})
    world.settle()

    assert world.values(loser)
    assert Record.objects.get(sync_id=alias).alias_of is None
    assert (world.colour(loser), world.colour(survivor)) == ("green", "green")


def test_a_refused_request_is_red_until_it_is_withdrawn(world: World, pair: tuple[UUID, UUID]) -> None:
    """DUP-9: the reason stands on the loser; withdrawing it makes it green again."""
    survivor, loser = pair
    assert sync.merge_route("contact", survivor, loser) == "ask"
    world.peer.refuse[world.sync_id(loser)] = Result(
        str(world.sync_id(loser)), "refused", code="merge_refused", register="merge_request",
        text="Both hold trust money.",
    )  # fmt: skip

    sync.ask_merge("contact", survivor, loser, actor=ADA, at=world.at)
    world.settle()

    state = world.state(loser)
    assert (state.colour, state.error_code, state.error_text) == ("red", "merge_refused", "Both hold trust money.")
    world.peer.refuse.clear()
    world.pass_time()
    sync.withdraw_merge("contact", loser, actor=ADA, at=world.at)
    world.settle()
    assert world.colour(loser) == "green"


def test_deleted_here_and_merged_there_it_is_restored_once_that_is_undone(
    world: World, pair: tuple[UUID, UUID]
) -> None:
    """S1: the decision finds nothing to move, and stands; brought back beside it, the contact would be exchanged with
    nobody and gray for ever.
    """
    survivor, loser = pair
    alias = world.sync_id(loser)
    delete(loser, at=world.at)
    merge_there(world, world.sync_id(survivor), alias)
    world.settle()
    world.pass_time()

    with pytest.raises(Refusal, match="Undo the merge there, then restore it") as refusal:
        restore_contact(actor=ADA, contact_id=loser, at=world.at)

    assert refusal.value.code == "contact.merged"
    assert sync.find_local("contact", alias) == survivor
    world.peer.edit(alias, {"merged_into": None})
    world.settle()
    world.pass_time()
    restore_contact(actor=ADA, contact_id=loser, at=world.at)
    world.settle()
    assert sync.find_local("contact", alias) == loser
    assert (world.colour(loser), world.colour(survivor)) == ("green", "green")
