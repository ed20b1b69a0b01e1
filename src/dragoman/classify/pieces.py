"""A sentence as numbers for the model, with marks around the two sides and the act. Training reads by it too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dragoman.records import Span

# words of the vocabulary that no text holds: [unused0] [unused1] around a source, [unused2] [unused3] around a target,
# [unused4] [unused5] around the words of the act in question, where they are known
SOURCE, TARGET, ACT = (1, 2), (3, 4), (5, 6)
LONGEST = 96  # pieces; of a longer sentence the part around the sides is read


class Pieces:
    """Cuts sentences by the vocabulary of the model in `folder`."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._first: int = self.tokenizer.token_to_id("[CLS]") or 0
        self._last: int = self.tokenizer.token_to_id("[SEP]") or 0

    def of(self, text: str, source: Sequence[Span], target: Sequence[Span], act: Sequence[Span] = ()) -> list[int]:
        """The numbers of a text; spans are characters of it."""
        coded = self.tokenizer.encode(text, add_special_tokens=False)
        opens: dict[int, list[int]] = {}
        closes: dict[int, list[int]] = {}
        sides: list[int] = []
        for spans, (left, right) in ((source, SOURCE), (target, TARGET), (act, ACT)):
            for start, end in spans:
                inside = [k for k, (a, b) in enumerate(coded.offsets) if a < end and b > start]
                if inside:
                    opens.setdefault(inside[0], []).append(left)
                    closes.setdefault(inside[-1], []).insert(0, right)
                    sides += [inside[0], inside[-1]]
        first, last = 0, len(coded.ids)
        room = LONGEST - 2 - 2 * len(sides)
        if last > room:
            middle = (min(sides) + max(sides)) // 2 if sides else 0
            first = max(0, min(middle - room // 2, last - room))
            last = first + room
        out = [self._first]
        for k in range(first, last):
            out += [*opens.get(k, ()), coded.ids[k], *closes.get(k, ())]
        return [*out[: LONGEST - 1], self._last]
