"""Every fault of the catalogue; each answer echoes the request."""

from tests.canaries.faults_acts import ACTS
from tests.canaries.faults_said import SAID
from tests.canaries.faults_wire import WIRE

__all__ = ["FAULTS"]

FAULTS = (*WIRE, *SAID, *ACTS)
"""Every fault, each once."""
