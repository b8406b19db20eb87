"""Leaves out the tests of recipes whose packages are missing, as with the lowest versions."""

import os
from importlib.util import find_spec

NEEDED = {
    "test_fastapi_service.py": "httpx2",
    "test_prometheus_metrics.py": "prometheus_client",
    "test_synchronous.py": "celery",
}

collect_ignore = []
# In the whole check all are installed, and the import fails if one is not.
if os.environ.get("BOXAPIS_ZOO") != "required":
    collect_ignore = [name for name, package in NEEDED.items() if find_spec(package) is None]
