"""A BoxC answer with somebody else's data in the place of the caller's."""

from attrs import evolve

from boxapis.sandbox._answer import Answer, json_answer, json_or_none
from boxapis.sandbox._boxc.data import user
from boxapis.sandbox._boxc.operations import Errand


def strayed(answer: Answer, errand: Errand) -> Answer:
    """The same answer for another user; as it is where it shows no user's data."""
    other = errand.store.of_another(errand.user_id, errand.clock.utc())
    match json_or_none(answer.body):
        case {"credential": _}:
            content: dict[str, object] = {"credential": other.shown(errand.rules)}
        case {"credentials": _}:
            content = {"credentials": [other.shown(errand.rules)], "next_page": None}
        case {"user": _}:
            content = {"user": user(other.user_id)}
        case _:
            return answer
    return evolve(answer, body=json_answer(answer.status, content).body)
