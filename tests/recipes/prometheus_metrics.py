"""Prometheus: the metrics of all calls at http://127.0.0.1:9464/metrics, through OpenTelemetry.

Copy it, install ``'boxapis[opentelemetry]' opentelemetry-exporter-prometheus opentelemetry-sdk
prometheus-client``, and run ``python prometheus_metrics.py`` with what `BoxC.from_env` reads.
Useful queries::

    histogram_quantile(0.99, sum by (le) (rate(boxapis_call_duration_seconds_bucket[5m])))
    sum by (boxapis_operation, error_type) (rate(boxapis_requests_total{error_type!=""}[5m]))
    rate(boxapis_retries_total[5m])
    rate(boxapis_limiter_wait_seconds_sum[5m])
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server

from boxapis import BoxC
from boxapis.telemetry import OpenTelemetry


@contextmanager
def metrics_server(port: int = 9464) -> Iterator[OpenTelemetry]:
    """Serves the metrics in a thread, and returns the trace for all clients of the process."""
    provider = MeterProvider([PrometheusMetricReader()])
    server, thread = start_http_server(port, addr="127.0.0.1")
    try:
        yield OpenTelemetry(meter_provider=provider)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        provider.shutdown()


async def main() -> None:
    """Calls BoxC once a minute."""
    with metrics_server() as trace:
        async with BoxC.from_env(trace=trace) as boxc:
            while True:
                print(len((await boxc.request("GET", "/warehouses"))["warehouses"]), "warehouses")
                await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main())
