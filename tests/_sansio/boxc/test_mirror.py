"""What a process knows of a shared bucket: its share while the store cannot be reached."""

import pytest

from boxapis._sansio.boxc.mirror import BucketMirror
from boxapis._sansio.boxc.ratelimit import Bucket
from boxapis._sansio.boxc.reservations import PLACE, Drawn


@pytest.mark.parametrize(
    ("share", "shares"), [(1.0, [0.5, 0.25, 0.125, 0.125]), (0.05, [0.05] * 4)]
)
def test_refusals_halve_the_share(share: float, shares: list[float]) -> None:
    """F236: each pause halves it once, down to an eighth; the next outage starts anew."""
    mirror = BucketMirror(alone=Bucket(rate_share=share))
    for start in (0.0, 1000.0):
        mirror.go_alone(start)
        seen = []
        for now in (start, start + 10, start + 20, start + 30):
            mirror.refused_alone(now, 5.0)
            mirror.refused_alone(now + 1, 5.0)  # sent before the first was refused
            seen.append(mirror.alone.rate_share)
        assert seen == shares
        mirror.drawn(start + 60, Drawn(0, 7, PLACE))


def test_the_line_shows_how_many_share() -> None:
    """F236: with eight places above the usable mark, a process takes an eighth without a store."""
    mirror = BucketMirror(alone=Bucket())
    mirror.drawn(0.0, Drawn(4000, 7, 36 * PLACE))
    assert (mirror.wait(0.0), mirror.wait(0.0, 1), mirror.wait(1.0)) == (4.0, 8.0, 3.0)
    mirror.go_alone(1.0)
    assert mirror.alone.rate_share == 1 / 8
    assert mirror.wait(1.0) == 4.0
