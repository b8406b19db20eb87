"""Leaves out the recipe for Prometheus where its exporter is missing, as with lowest versions."""

import os
from importlib.util import find_spec

collect_ignore = []
# In the whole check it is installed, and the import fails if it is not.
if find_spec("prometheus_client") is None and os.environ.get("BOXAPIS_ZOO") != "required":
    collect_ignore.append("test_prometheus_metrics.py")
