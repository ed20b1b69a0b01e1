"""What is told as refused or demanded by a small word: "will not lift", "said that Lima must pay"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.find.done.acts import Act
from dragoman.find.done.clauses import Clauses
from dragoman.find.done.parties import distinct
from dragoman.find.done.sameact import Draft
from dragoman.lexicon.patterns import Pattern
from dragoman.lexicon.rows import VerbPattern
from dragoman.parse.frames import verb_frame
from dragoman.records import Participant

DEMAND = Pattern(
    row=VerbPattern(pattern="SOURCE say TARGET must", event="REQUEST"), heads=frozenset(), noun=False, subject="SOURCE",
    symmetric=False, particle="", parts=(), weight=0,
)  # fmt: skip
_WILLS = frozenset(["will", "would", "wo", "shall", "'ll", "’ll", "'d", "’d"])
_DUTIES = frozenset(["must", "should", "ought"])


class Demands(Clauses):
    """Finds refusals and demands that no verb of refusing or demanding tells."""

    def _musts(self, told: Sequence[Draft]) -> list[Draft]:
        """ "Oslo said that Lima must take part": a demand, whatever it is that must be done."""
        taken = self._taken(told)
        out = []
        for t in self.tokens:
            verb = self.tokens[t.head]
            if t.lower != "must" or t.dep != "aux" or verb.pos != "VERB" or verb.i in taken:
                continue
            frame = verb_frame(self.parsed, verb.i)
            target = () if frame.passive else distinct(p for k in frame.agents for p in self._who(k, loose=True)[0])
            probe = Act(verb.i, DEMAND, "REQUEST", "change", target, (), False)
            source = self._demanded(probe)
            status = self.status(verb.i)
            if source is None or not target or (status[0] == "hypothetical" and status[1] != t.text):
                continue
            act = replace(probe, source=source, target=target)
            around = self.inside.get(verb.i, ())
            sentence = self.parsed.sentence_of(verb.i)
            out.append(
                Draft(
                    act, "REQUEST", "change", source, target, "actual", self._date(act), self._place(act),
                    around[0].id if around else None, self._trigger(act), sentence.i, 0.7,
                    f"'{t.text} {verb.text}' in somebody's words makes it a demand",
                    [(sentence.start, sentence.end)], self.contexts(sentence.i), False,
                )
            )  # fmt: skip
        return out

    def _demanded(self, act: Act) -> tuple[Participant, ...] | None:
        """Who demands an act: "Oslo said that Lima must free the crew", told of another than the speaker."""
        k = act.support if act.support is not None else act.head
        helps = {t.lower for t in self.parsed.kids(k, "aux")}
        if not helps & _DUTIES or "have" in helps or self.parsed.kids(k, "neg"):
            return None
        if act.symmetric or act.inner is not None or not act.source:
            return None
        for statement in self.inside.get(act.head, ()):
            who = statement.speakers or ((statement.speaker,) if statement.speaker else ())
            told = tuple(p for p in who if p.actor)
            if statement.act == "statement" and told:
                mine = {p.actor for p in told}
                return told if all(p.actor not in mine for p in act.source) else None
        return None

    def _will_not(self, act: Act) -> bool:
        """ "will not lift", "would not agree to meet": refused for the time to come, and not only supposed."""
        k = act.support if act.support is not None else act.head
        for _ in range(3):
            helps = {t.lower for t in self.parsed.kids(k, "aux")}
            if helps & _WILLS and not helps & {"have", "has", "had"} and self.parsed.kids(k, "neg"):
                return not self.parsed.kids(k, "mark") or self.tokens[k].dep == "ccomp"
            if self.tokens[k].dep not in ("xcomp", "dobj", "pobj", "prep"):
                return False
            k = self.tokens[k].head
        return False
