"""The channels on which a secret can leave the wire. A further one is one more entry here."""

from canaries.channels.channel import Channel, Happening
from canaries.channels.errors import Attributes, Chains, Frames, Pickles, Tracebacks
from canaries.channels.living import Dumps, Instances, Tasks
from canaries.channels.network import Proxies, Redirects
from canaries.channels.output import CallTraces, LoopComplaints, Output, Records, Warned
from canaries.channels.telemetry import Metrics, OwnTelemetry, SentryEvents, Spans
from canaries.channels.terminal import RichTracebacks

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
