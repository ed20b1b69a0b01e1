"""The examples as gold for `dragoman evaluate events`: a fifth of them, as pairs or as whole sentences.

python training/gold.py --fold 0 > held.jsonl           sentences with the events they tell, pair not given
python training/gold.py --fold 0 --pairs > held.jsonl   a line for each pair, with its type or NONE
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict

from examples import HELD_OUT, Example, examples, settled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fold", type=int, default=HELD_OUT, help="which fifth; 0 is the one never looked at")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--silent", action="store_true", help="only sentences that tell no event")
    given = parser.parse_args()
    mine = [one for one in settled(examples()) if one.fold == given.fold]
    by_text: dict[str, list[Example]] = defaultdict(list)
    for one in mine:
        by_text[one.text].append(one)
    if given.silent:
        mine = [one for one in mine if all(o.type == "NONE" for o in by_text[one.text])]
    if given.pairs:
        for one in mine:
            print(
                json.dumps(
                    {"id": one.id, "sentence": one.text, "source": one.source, "target": one.target, "type": one.type}
                )
            )
        return
    for text, lines in by_text.items():
        if lines[0] in mine:
            events = [
                {"type": one.type, "source": one.source, "target": one.target, "status": one.status}
                for one in lines
                if one.type != "NONE"
            ]
            print(json.dumps({"id": lines[0].id, "sentence": text, "events": events}))


if __name__ == "__main__":
    main()
