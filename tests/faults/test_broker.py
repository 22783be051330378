"""A broker that hangs while a worker tells it that a message's work is done (THREATS 56). Redis is real."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from kombu import Connection
from redis.exceptions import TimeoutError as NoAnswer

from tests.faults import workers


def test_a_worker_takes_the_next_message_though_the_broker_did_not_hear_that_the_last_is_done(tmp_path: Path) -> None:
    hands = 1
    with workers.redis(tmp_path) as broker, broker.used_here():
        patient = {**broker.options, "socket_timeout": 0.3}
        with Connection(broker.url, transport="phast.broker:Transport", transport_options=patient) as connection:
            queue = connection.SimpleQueue("quick")
            queue.channel.basic_qos(0, hands, False)
            for number in range(3):
                queue.put(number)
            for number in range(3):
                message = queue.get(timeout=20)
                assert message.payload == number
                broker.child.process.send_signal(signal.SIGSTOP)
                try:
                    with pytest.raises(NoAnswer):
                        message.ack()
                finally:
                    broker.child.process.send_signal(signal.SIGCONT)
            queue.close()
