"""Did quality fall? Paired comparison of two evaluations of the same questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents import Refusal
from eval.results import Results

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The chance is drawn from this, so the same values give the same verdict.
SEED = 20250101
RESAMPLES = 9_999
SIGNIFICANT = 0.05
GATED = "nDCG@10"
# Smaller differences are rounding, not rank.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure, before and after, over the questions that both have.

    ``p_worse``: how often a fall at least this large arises when before and after are exchanged by chance,
    question by question (paired randomisation test, one-sided); ``p_better`` likewise for a rise.
    ``changes`` are (question_id, before, after) where the two differ, the largest falls first.
    """

    measure: str
    questions: int
    before: float
    after: float
    p_worse: float
    p_better: float
    interval: tuple[float, float]
    wins: int
    losses: int
    ties: int
    changes: tuple[tuple[str, float, float], ...]

    @property
    def fell(self) -> bool:
        """Whether the measure fell by more than chance explains."""
        return self.after < self.before and self.p_worse < SIGNIFICANT

    @property
    def rose(self) -> bool:
        """Whether the measure rose by more than chance explains."""
        return self.after > self.before and self.p_better < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class BelowFloor:
    """A measure that does not reach what it must. ``value`` is None when it was not measured."""

    data_set: str
    measure: str
    value: float | None
    floor: float


def compare(before: Mapping[str, float], after: Mapping[str, float], measure: str = GATED) -> Comparison:
    """Compare a measure's values by question. ValueError: no question is in both."""
    import numpy as np

    shared = [question_id for question_id in before if question_id in after]
    if not shared:
        raise ValueError("no question is in both")
    old, new = (np.array([values[question_id] for question_id in shared]) for values in (before, after))
    difference = np.where(np.abs(new - old) < EQUAL, 0.0, new - old)
    changed = sorted(np.flatnonzero(difference), key=lambda at: (difference[at], shared[at]))
    return Comparison(
        measure=measure,
        questions=len(shared),
        before=float(old.mean()),
        after=float(new.mean()),
        p_worse=_chance(difference, "less"),
        p_better=_chance(difference, "greater"),
        interval=interval(difference.tolist()),
        wins=int((difference > 0).sum()),
        losses=int((difference < 0).sum()),
        ties=int((difference == 0).sum()),
        changes=tuple((shared[at], float(old[at]), float(new[at])) for at in changed),
    )


def compare_results(before: Results, after: Results, measure: str = GATED) -> dict[str, Comparison]:
    """Compare the data sets that both evaluated. Refusal: there is none."""
    old = {result.name: result.values(measure) for result in before.data_sets}
    new = {result.name: result.values(measure) for result in after.data_sets}
    shared = [name for name in new if name in old and new[name].keys() & old[name].keys()]
    if not shared:
        raise Refusal(
            f"nothing to compare: the earlier results are of {', '.join(old)}, these of {', '.join(new)};"
            " evaluate the same data sets with the same limits"
        )
    return {name: compare(old[name], new[name], measure) for name in shared}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean."""
    import numpy as np
    from scipy.stats import bootstrap

    if len(values) < 2 or min(values) == max(values):
        return (float(values[0]), float(values[0])) if values else (0.0, 0.0)
    found = bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=2_000,
        batch=_batch(len(values)),
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def below_floors(
    floors: Mapping[str, Mapping[str, float]], measured: Mapping[str, Mapping[str, float]]
) -> list[BelowFloor]:
    """What does not reach its floor, of the data sets that were measured."""
    return [
        BelowFloor(data_set, measure, measured[data_set].get(measure), floor)
        for data_set, wanted in floors.items()
        if data_set in measured
        for measure, floor in wanted.items()
        if measured[data_set].get(measure, float("-inf")) < floor
    ]


def _chance(difference: "NDArray[np.float64]", alternative: str) -> float:
    """The p-value of the mean difference under exchanged signs; 1 when nothing changed."""
    import numpy as np
    from scipy.stats import permutation_test

    changed = difference[difference != 0]  # a tie keeps its value under any exchange
    if not len(changed):
        return 1.0
    if len(changed) == 1:
        return 0.5 if (changed[0] < 0) == (alternative == "less") else 1.0
    result = permutation_test(
        (changed,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=_batch(len(changed)),
        alternative=alternative,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def _batch(values: int) -> int:
    """As many resamples at once as make about 16 MB."""
    return max(1, 2_000_000 // values)
