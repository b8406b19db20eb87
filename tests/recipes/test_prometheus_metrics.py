"""The recipe for Prometheus, scraped over HTTP, and read by Prometheus' own parser."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from boxapis import Retries, ServerError
from boxapis.testing import BoxCSandbox
from tests.recipes import prometheus_metrics
from tests.servers.program import free_port


async def test_scraped(boxc_sandbox: BoxCSandbox) -> None:
    """Each metric of the recipe's queries is there, with the labels that they use."""
    port = free_port()
    boxc_sandbox.fault("server_error", operation="GET /warehouses")
    with prometheus_metrics.metrics_server(port) as trace:
        async with boxc_sandbox.client(trace=trace) as boxc:
            await boxc.request("GET", "/warehouses")
            boxc_sandbox.fault("server_error", operation="GET /warehouses")
            with pytest.raises(ServerError):
                await boxc.with_options(retries=Retries.none()).request("GET", "/warehouses")
        async with httpx.AsyncClient(trust_env=False) as client:
            text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    samples = {
        (sample.name, sample.labels.get("error_type", "")): sample
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    calls = samples["boxapis_call_duration_seconds_count", "ServerError"]
    assert calls.value == 1.0
    assert calls.labels["boxapis_operation"] == "GET /warehouses"
    assert samples["boxapis_call_duration_seconds_count", ""].value == 1.0
    assert samples["boxapis_requests_total", "ServerError"].value == 2.0
    assert samples["boxapis_retries_total", ""].value == 1.0
    bounds = "boxapis_call_duration_seconds_bucket", "ServerError"
    assert bounds in samples
    for secret in (boxc_sandbox.service.ready_token, "Bearer", boxc_sandbox.base_url):
        assert secret not in text
