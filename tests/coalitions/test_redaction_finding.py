"""Where a text stands is found, however it is written."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from coalitions.models import Contact
from lbn.models import Count
from phast import tenancy
from phast.redaction.matching import REDACTED, Needle
from phast.redaction.places import find
from tests.coalitions.redactions import text_is_here_alone
from tests.world import CANARY, World


@pytest.fixture
def world(world: World) -> World:
    return text_is_here_alone(world)


@pytest.mark.parametrize(
    ("sought", "text", "left"),
    [
        ("Jose Muñoz", "met josé  muñoz.", f"met {REDACTED}."),
        ("José Muñoz", "met JOSE\nMUNOZ.", f"met {REDACTED}."),
        ("jose", "Jose\u0301!", f"{REDACTED}!"),
        ("john", "Jo\u00adhn", REDACTED),
        ("john doe", "john\u00a0doe", REDACTED),
        ("Ann", "planning, Ann", f"pl{REDACTED}ing, {REDACTED}"),
        ("518-555-0100", "call 518-555-0100 now", f"call {REDACTED} now"),
        ("Юрий", "юрий", REDACTED),
    ],
)
def test_it_is_found_however_it_is_written(sought: str, text: str, left: str) -> None:
    assert Needle(sought).out_of(text) == left


def test_it_is_found_only_as_written_when_asked() -> None:
    assert Needle("Ann", loose=False).out_of("ann Ann") == f"ann {REDACTED}"
    assert Needle("Ann", whole_words=True).out_of("planning, Ann") == f"planning, {REDACTED}"


def test_the_database_finds_what_is_written_otherwise(world: World) -> None:
    """What the database looks for first may not miss what is looked for then."""
    contact = Contact.objects.of(world.theirs.coalition)[0]
    for written in ("José Mun\u0303oz", "JOSE\u00a0MUÑOZ", "Jo\u00adse  Muñoz"):
        Contact.objects.filter(pk=contact.pk).update(name=written)
        groups = find(world.theirs.coalition, Needle("jose munoz")).groups
        assert "coalitions.contact.name" in {group.key for group in groups}, written


def test_keys_people_typed_are_redacted_and_keys_of_the_program_are_not(world: World) -> None:
    needle = Needle("smith")
    assert needle.out_of_json({"smith": "Smith"}) == {"smith": REDACTED}
    assert needle.out_of_json({"smith": "x", "J. Smith": "y"}, keys=True) == {REDACTED: "x", f"J. {REDACTED}": "y"}
    assert needle.out_of_json({"J. Smith": "y"}) == {f"J. {REDACTED}": "y"}


def test_counts_are_not_read_when_a_text_is_looked_for(world: World) -> None:
    """A million counts hold no free text."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find(world.theirs.coalition, Needle(CANARY))
    assert not [query["sql"] for query in queries if f'FROM "{Count._meta.db_table}"' in query["sql"]]


def test_every_field_for_words_is_looked_into_without_a_list() -> None:
    """Whatever is left out is a choice, a key, a hash, a secret, an address of the program's, or said to be a code by its model."""
    left_out = {
        f"{model.__name__}.{field.name}"
        for model in tenancy.tenant_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and field not in tenancy.words_in(model)
        and not (field.choices or field.primary_key)
        and field.name not in model.codes
    }
    assert {name for name in left_out if not name.endswith((".nonce", ".worker", ".sha256"))} == {
        "Coalition.slug",
        "Coalition.parent_asked",
        "Count.fingerprint",
    }


def test_every_code_a_model_names_is_a_field_of_it() -> None:
    for model in tenancy.tenant_models():
        names = {field.name for field in model._meta.concrete_fields}
        assert model.codes | model.typed_keys <= names, model
