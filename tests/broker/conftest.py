"""One RabbitMQ for all tests that need one, without queues for each."""

from __future__ import annotations

import pytest

from servers.rabbitmq import RabbitMQ
from ticketed import Ticketed


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory):
    """A broker that runs."""
    server = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def app(rabbitmq, tmp_path):
    """An application whose workers are processes that the broker wakes."""
    rabbitmq.delete("paleobc.science", "paleobc.weights", "paleobc.dead")
    app = Ticketed(tmp_path, rabbitmq)
    try:
        yield app
    finally:
        app.close()
