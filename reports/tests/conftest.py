import pytest

from reports.tests import samples


@pytest.fixture
def sample_year(cast):
    """The cast of the demo, and fiscal year 2023 as the sample workbooks have it."""
    samples.load("quanly")
    return cast
