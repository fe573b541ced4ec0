"""Sharing out atoms among passages: what belongs together stays together, sizes come near the target."""

from itertools import accumulate, pairwise

from documents.atoms import CHARACTERS_PER_TOKEN, Atom


def balanced(atoms: list[Atom], first: int, rest: int, target: int) -> list[tuple[int, int]]:
    """The ranges of atoms that make passages: ``(low, high)`` for ``atoms[low:high]``.

    ``first`` is the room in tokens of a passage that begins with the first atom, ``rest`` that of the
    others. Every atom must fit alone.
    """
    sizes = _Sizes(atoms)
    units = _fewer(_units(atoms, sizes, first, rest), sizes, target)
    return _cheapest(atoms, sizes, units, first, rest, target)


class _Sizes:
    """Sizes of runs of atoms, in tokens."""

    def __init__(self, atoms: list[Atom]) -> None:
        self.ends = [0, *accumulate(atom.tokens + atom.before for atom in atoms)]
        self.starts = [end + atom.before for end, atom in zip(self.ends, atoms, strict=False)]
        self.atoms = atoms

    def of(self, low: int, high: int) -> int:
        """The size of ``atoms[low:high]`` with the rules between them."""
        length = self.atoms[high - 1].end - self.atoms[low].start
        return max(self.ends[high] - self.starts[low], length // CHARACTERS_PER_TOKEN)


def _units(atoms: list[Atom], sizes: _Sizes, first: int, rest: int) -> list[int]:
    """Where units begin, and the end of the last: atoms that stay together as far as a passage can hold them.

    A heading stays with what follows it. A list stays whole with its lead-in if a passage can hold
    all of it; if not, the lead-in stays with the first item.
    """
    ends_of_groups = {atom.group: at + 1 for at, atom in enumerate(atoms) if atom.group}
    starts = [0]
    whole = 0  # the end of the list that is being kept whole
    for at in range(1, len(atoms)):
        above, atom = atoms[at - 1], atoms[at]
        low = starts[-1]
        limit = rest if low else first
        together = above.heading is not None
        if atom.group and atom.group == above.group:
            if at >= whole and sizes.of(low, ends_of_groups[atom.group]) <= limit:
                whole = ends_of_groups[atom.group]
            is_first_item = at < 2 or atoms[at - 2].group != atom.group
            together = at < whole or is_first_item
        if not (together and sizes.of(low, at + 1) <= limit):
            starts.append(at)
    return [*starts, len(atoms)]


def _fewer(units: list[int], sizes: _Sizes, target: int) -> list[int]:
    """Joins neighbours where units are only a few tokens each, as in a column of figures.

    Keeps the search short: a passage then never has more than some dozens of units.
    """
    small = max(1, target // 16)
    if sizes.ends[-1] >= small * len(units):
        return units
    kept = [units[0]]
    for low, high in pairwise(units[1:]):
        if sizes.of(kept[-1], high) > small:
            kept.append(low)
    return [*kept, units[-1]]


def _cheapest(
    atoms: list[Atom], sizes: _Sizes, units: list[int], first: int, rest: int, target: int
) -> list[tuple[int, int]]:
    """The partition of least cost: squared relative distances from the target, and the breaks' own costs."""
    starts = [sizes.starts[low] for low in units[:-1]]
    places = [atoms[low].start for low in units[:-1]]
    gaps = [0.0, *(atoms[low].gap for low in units[1:-1])]
    # Beyond twice the target two passages always cost less than one.
    farthest = min(2 * target, first)
    costs = [0.0]
    choices = [0]
    for high in range(1, len(units)):
        end, place = sizes.ends[units[high]], atoms[units[high] - 1].end
        best, choice = float("inf"), high - 1
        for low in range(high - 1, -1, -1):
            size = max(end - starts[low], (place - places[low]) // CHARACTERS_PER_TOKEN)
            if low < high - 1 and size > (farthest if low == 0 else min(farthest, rest)):
                if size > farthest:
                    break
                continue
            cost = costs[low] + gaps[low] + ((size - target) / target) ** 2
            if cost < best:
                best, choice = cost, low
        costs.append(best)
        choices.append(choice)
    ranges = []
    high = len(units) - 1
    while high:
        low = choices[high]
        ranges.append((units[low], units[high]))
        high = low
    return ranges[::-1]
