"""A plan of rotations and creations at the sandbox, and what of it the sandbox has carried out."""

import csv
import json
from collections import Counter
from pathlib import Path

from attrs import field, frozen

from boxapis.sandbox import BoxCService

__all__ = ["VALUE", "Planned"]

VALUE = "value of "
"""What every secret begins with."""


@frozen
class Planned:
    """The files of a plan: three rotations, then two creations, and so on.

    Attributes:
        service: The service with the credentials that are rotated.
        folder: Where the files are.
        rotated: The id of each credential to rotate, and the file of its new value.
        created: The name of each credential to create.
    """

    service: BoxCService
    folder: Path
    rotated: dict[int, str] = field(factory=dict)
    created: list[str] = field(factory=list)

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that lead the recipes to the files."""
        plan, secrets = self.folder / "plan.csv", self.folder / "secrets"
        return {"PLAN": str(plan), "SECRETS": str(secrets)}

    def write(self, rotations: int, creations: int) -> None:
        """Writes the plan, and a file for each secret."""
        (self.folder / "secrets").mkdir()
        for number in range(rotations):
            made = self.service.add_credential("Janio", {"api_key": f"old {number}"})
            self.rotated[made] = f"new-{number}.json"
        self.created.extend(f"made-{number}" for number in range(creations))
        rotating, creating = list(self.rotated.items()), list(self.created)
        with (self.folder / "plan.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file).writerow
            write(["id", "name", "carrier", "secret"])
            while rotating or creating:
                for made, secret in rotating[:3]:
                    write([made, "", "Janio", self._written(secret)])
                for name in creating[:2]:
                    write(["", name, "Janio", self._written(name)])
                del rotating[:3], creating[:2]

    def _written(self, secret: str) -> str:
        values = {"api_key": f"{VALUE}{secret}"}
        (self.folder / "secrets" / secret).write_text(json.dumps(values), "utf-8")
        return secret

    def stored(self, number: int) -> str:
        """The file that the stored value of a credential comes from."""
        return self.service.stored_params(number)["api_key"].removeprefix(VALUE)

    @property
    def creations(self) -> Counter[str]:
        """How often a credential of each name was created."""
        numbers = {int(str(one["id"])) for one in self.service.credentials} - self.rotated.keys()
        return Counter(map(self.stored, numbers))

    @property
    def sent_twice(self) -> dict[int, int]:
        """The credentials whose new value was stored more than once, and how often."""
        sent = Counter(
            int(request.path.rpartition("/")[2])
            for request in self.service.requests
            if (request.method, request.status) == ("PUT", 200)
        )
        return {number: times for number, times in sent.items() if times > 1}

    def assert_rotated(self) -> None:
        """Every credential has its new value."""
        assert {number: self.stored(number) for number in self.rotated} == self.rotated
