import pytest
from django.db import transaction

from reports.tests import samples
from tests import factories
from tests.cast import Cast, make_cast


@pytest.fixture(scope="module")
def sample_data(django_db_setup, django_db_blocker):
    """The demo's people, and fiscal year 2023 as the sample workbooks have it: loaded once for a
    module. Its tests undo only their own changes, so they all have to ask for `sample_year`."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        factories.reference()
        people = make_cast()
        samples.load("quanly")
    yield people
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def sample_year(sample_data: Cast, db) -> Cast:
    """People who read fiscal year 2023."""
    return sample_data
