"""A schedule: what people, workers and the network do to a course, drawn from one number."""

from dataclasses import dataclass
from random import Random
from typing import Any

# What happens, and how often. The names are those of methods of the players.
STEPS = {
    "person.link": 8,
    "person.link_with_a_double_click": 2,
    "person.type_a_title": 6,
    "person.save_a_title": 6,
    "person.save_again": 4,
    "person.escape": 2,
    "person.leave_the_field": 2,
    "person.remove": 5,
    "person.undo": 4,
    "person.take_back_by_keys": 4,
    "person.carry_a_row": 5,
    "person.carry_many": 2,
    "person.change_many": 4,
    "person.describe": 3,
    "person.retry": 3,
    "person.retry_by_toast": 4,
    "person.retry_failed_by_toast": 2,
    "person.cancel_the_rest": 1,
    "person.add_chapter": 2,
    "person.move_chapter": 2,
    "person.remove_chapter": 1,
    "person.publish": 2,
    "person.reload": 1,
    "worker.settle_one": 6,
    "worker.settle_all": 3,
    "other_author.rename": 5,
    "other_author.add": 2,
    "other_author.remove": 3,
    "other_author.restore": 2,
    "other_author.move": 3,
    "other_author.add_chapter": 1,
    "other_author.rename_chapter": 1,
    "other_author.move_chapter": 1,
    "other_author.remove_chapter": 1,
    "other_author.restore_chapter": 2,
    "nature.a_moment_passes": 8,
    "nature.the_pace_passes": 5,
    "nature.patience_ends": 1,
    "nature.release_oldest": 4,
    "nature.release_newest": 5,
    "nature.release_all_at_once": 2,
    "nature.go_offline": 2,
    "nature.go_online": 3,
    "nature.sign_out": 1,
    "nature.sign_in": 2,
    "nature.look_away": 1,
    "nature.new_tokens": 1,
}
SHORTEST, LONGEST = 6, 12
# What hardly ever comes about by chance, and how often it is told: one act of each line.
TALES: dict[str, tuple[Any, ...]] = {
    "an answer is overtaken by the feed": (
        3,
        ["nature.let_an_answer_be_overtaken"],
        ["person.retry", "person.save_a_title", "person.remove", "person.remove", "person.link"],
        ["other_author.rename", "other_author.remove", "other_author.restore", "worker.settle_one"],
        ["nature.a_moment_passes", "nature.the_pace_passes"],
        ["nature.release_newest"],
    ),
    "an answer is lost, but not what was done": (
        2,
        ["nature.let_an_answer_be_lost"],
        ["person.save_a_title", "person.save_a_title", "person.link"],
        ["nature.the_pace_passes"],
    ),
    "the request does not arrive": (
        1,
        ["nature.let_a_request_be_lost"],
        ["person.link", "person.link", "person.remove", "person.save_a_title"],
    ),
    "a chapter that the page does not know takes a video": (
        1,
        ["other_author.add_chapter"],
        ["other_author.move_to_the_newest_chapter"],
        ["nature.the_pace_passes"],
    ),
    "tokens are old": (
        1,
        ["nature.new_tokens"],
        ["person.save_a_title", "person.save_a_title", "person.link", "person.remove"],
    ),
}


class Wrong(Exception):
    """What a schedule has found."""


@dataclass(frozen=True)
class Step:
    what: str
    tab: int
    dice: Random  # for its own choices, so that no other step's change them
    waits: bool  # until everything that can come to rest has done so


@dataclass(frozen=True)
class Schedule:
    seed: int
    calm: float
    tabs: int
    steps: list[Step]
    dice: Random


def draw(seed: int) -> Schedule:
    dice = Random(seed)
    tabs = dice.choice([1, 1, 2])
    drawn = dice.choices(list(STEPS), list(STEPS.values()), k=dice.randint(SHORTEST, LONGEST))
    weights = [often for often, *_ in TALES.values()]
    for _, *acts in dice.choices(list(TALES.values()), weights, k=2):
        place = dice.randrange(len(drawn))
        drawn[place:place] = [dice.choice(act) for act in acts]
    return Schedule(
        seed=seed,
        calm=dice.choice([0.8, 0.5, 0.3]),
        tabs=tabs,
        steps=[
            Step(what, dice.randrange(tabs), Random(dice.random()), waits=dice.random() < 0.7)
            for what in drawn
        ],
        dice=dice,
    )
