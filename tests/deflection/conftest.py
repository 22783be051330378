"""The person most tests of deflection act as."""

import pytest

from phast.access.actor import Actor

from .factories import make_actor


@pytest.fixture
def by(db: None) -> Actor:
    """A coordinator."""
    return make_actor()
