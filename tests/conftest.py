"""The test database: created and migrated by the owner, used by the application role, as in production."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Replace pytest-django's set-up, which would create the database as the role of alias `default`."""
    verbosity = request.config.option.verbose
    owner, application = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        names = setup_databases(
            verbosity=verbosity,
            interactive=False,
            aliases=["owner"],
            keepdb=django_db_keepdb and not django_db_createdb,
        )
        with owner.cursor() as cursor:
            # Tests commit thousands of times and nobody reads their data after a power cut.
            cursor.execute(
                f"ALTER DATABASE {owner.ops.quote_name(owner.settings_dict['NAME'])} SET synchronous_commit = off"
            )
        owner.close()
        application.close()
        application.creation.set_as_test_mirror(owner.settings_dict)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            application.close()
            teardown_databases(names, verbosity=verbosity)
