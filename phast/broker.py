"""Redis as the message broker of workers that outlast its bad moments."""

from __future__ import annotations

from typing import Any

from kombu.transport import redis


class QoS(redis.QoS):
    """Which messages a worker has taken and not finished: as many as it has hands, then it takes no more."""

    def ack(self, delivery_tag: str) -> None:
        """Says that a message's work is done, and frees the hand even when the broker does not hear it: the library keeps it bound for
        ever, and such a worker goes idle. The broker hands that message out again later; its job is done by then, and nothing happens.
        Raises what the broker's connection raises."""
        try:
            super().ack(delivery_tag)
        finally:
            self._quick_ack(delivery_tag)


class Channel(redis.Channel):
    """A way to the broker on which a worker counts what it holds."""

    QoS: Any = QoS


class Transport(redis.Transport):
    """What a worker uses in place of the library's (`phast.celery.be_patient`)."""

    Channel: Any = Channel
