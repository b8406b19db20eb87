"""What may go wrong, by the rows of the fault catalogue: all of it echoes what it was sent."""

from tests.canaries.faults_acts import ACTS
from tests.canaries.faults_said import SAID
from tests.canaries.faults_wire import WIRE

__all__ = ["FAULTS"]

FAULTS = (*WIRE, *SAID, *ACTS)
"""Every fault, and none twice."""
