"""A change of state is one conditional write."""

import pytest
from django.db.models import Q

from core.services.transition import transition
from tests import factories as make


@pytest.mark.django_db
def test_a_guard_that_joins_is_refused():
    """PostgreSQL would ask the rest of the condition once, before it waits for the other one."""
    row = make.draft()
    with pytest.raises(TypeError, match="join"):
        transition(
            row,
            actor=row.created_by,
            to="submitted",
            allowed_from=["draft"],
            guard=Q(period__state="open"),
            why="trình",
        )
    row.refresh_from_db()
    assert row.status == "draft"
