"""What every test stands on: the real database under both its roles, and a Valkey database nobody else uses."""

from collections.abc import Iterator

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

pytest_plugins = ["tests.factories.fixtures"]

#: Valkey databases 0 and 1 are the portal's own; each test process takes the next two (of 16).
FIRST_TEST_DATABASE = 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process for all journeys: they share one running portal."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.xdist_group("journey"))


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Create and migrate as the owner, then let alias `default` use it as the application role, as in production."""
    verbosity = request.config.option.verbose
    owner, application = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        names = setup_databases(
            verbosity=verbosity,
            interactive=False,
            aliases=["owner"],
            keepdb=django_db_keepdb and not django_db_createdb,
        )
        name = owner.ops.quote_name(owner.settings_dict["NAME"])
        with owner.cursor() as cursor:
            # Tests commit thousands of times and nobody reads their data after a power cut.
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        owner.close()
        application.close()
        application.creation.set_as_test_mirror(owner.settings_dict)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            application.close()
            teardown_databases(names, verbosity=verbosity)


@pytest.fixture(scope="session", autouse=True)
def private_places(
    worker_id: str, django_test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Cache, broker and uploads of this process alone; static files as they are in `static/`."""
    number = FIRST_TEST_DATABASE + 2 * (0 if worker_id == "master" else int(worker_id.removeprefix("gw")))
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    current_app.conf.broker_url = f"{settings.REDIS_URL}/{number + 1}"
    with override_settings(
        CACHES={
            name: cache | {"LOCATION": f"{settings.REDIS_URL}/{number}"} for name, cache in settings.CACHES.items()
        },
        CELERY_BROKER_URL=current_app.conf.broker_url,
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        STORAGES=settings.STORAGES | plain,
    ):
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Sign-in limits and cached pages of one test are nothing to the next."""
    cache.clear()
