"""The command ``pincite eval compare``."""

import json
from pathlib import Path

import click

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option("--measure", default="nDCG@10", show_default=True, help="What is compared by question.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def compare(context: click.Context, before: Path, after: Path, measure: str, as_json: bool) -> None:
    """Compare two results files, question by question.

    Exit status: 0, no significant fall; 1, a data set fell significantly; 2, there is nothing to compare.
    """
    from eval.gate import compare_results
    from eval.results import read_results
    from eval.summary import comparison_object, print_comparisons, summary_console

    new = read_results(after)
    comparisons = compare_results(read_results(before), new, measure)
    if as_json:
        click.echo(json.dumps({name: comparison_object(one) for name, one in comparisons.items()}))
    else:
        print_comparisons(comparisons, new, summary_console())
    context.exit(1 if any(one.fell for one in comparisons.values()) else 0)
