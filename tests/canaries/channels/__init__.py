"""The channels through which a secret could leak. A new channel is one more entry here."""

from tests.canaries.channels.channel import Channel, Happening
from tests.canaries.channels.errors import Attributes, Chains, Frames, Pickles, Tracebacks
from tests.canaries.channels.living import Dumps, Instances, Tasks
from tests.canaries.channels.network import Proxies, Redirects
from tests.canaries.channels.output import CallTraces, LoopComplaints, Output, Records, Warned
from tests.canaries.channels.telemetry import Metrics, OwnTelemetry, SentryEvents, Spans
from tests.canaries.channels.terminal import RichTracebacks

__all__ = ["CHANNELS", "Channel", "Happening"]

CHANNELS: tuple[type[Channel], ...] = (
    Records,
    Warned,
    Output,
    CallTraces,
    LoopComplaints,
    Chains,
    Tracebacks,
    Frames,
    Attributes,
    Pickles,
    RichTracebacks,
    SentryEvents,
    Spans,
    Metrics,
    OwnTelemetry,
    Tasks,
    Instances,
    Dumps,
    Proxies,
    Redirects,
)
