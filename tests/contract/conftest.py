"""Leaves out generated requests where Schemathesis is missing, as with the lowest versions."""

import os
from importlib.util import find_spec

collect_ignore = []
# In the whole check it is installed, and the import fails if it is not.
if find_spec("schemathesis") is None and os.environ.get("BOXAPIS_ZOO") != "required":
    collect_ignore.append("test_generated_requests.py")
