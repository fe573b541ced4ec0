"""The weights of the ranking, as a setting."""

from pathlib import Path

import pytest

from documents import Refusal
from index import Ranking
from tests.conftest import run_pincite


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Ranking()),
        ("lexical=0.8", Ranking(lexical=0.8)),
        ("dense=1, sentence=0,lexical=0", Ranking(1.0, 0.0, 0.0)),
    ],
)
def test_weights_that_are_left_out_stay_as_they_are(text: str, expected: Ranking) -> None:
    assert Ranking.of(text) == expected


@pytest.mark.parametrize(
    "text", ["lexical", "lexical=x", "lexical=-1", "lexical=inf", "lexical=nan", "colour=1"]
)
def test_what_is_no_weight_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="no weight of a ranking; give dense, sentence, lexical"):
        Ranking.of(text)


def test_the_setting_decides_the_score(sample_index_folder: Path) -> None:
    command: list[str | Path] = ["ask", "zebra crossing", "--index", sample_index_folder, "--top-k", "1"]
    done = run_pincite(*command, "--ranking", "dense=0 sentence=0 lexical=0")
    assert done.returncode == 0, done.stderr
    assert "(score 0.000)" in done.stdout
    refused = run_pincite(*command, "--ranking", "colour=1")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
