"""Who stands with whom over everything they have said: discourse networks.

network(rows, "affiliation")                              # actors and concepts, weighted by for and against
network(rows, "actor congruence", terms=Terms(normalise="jaccard"))
series(rows, "actor subtract", unit="month", width=3, step=1)   # one network a window, windows moving by a month

The method is discourse network analysis as Philip Leifeld's Discourse Network Analyzer does it on statements coded by
hand (Leifeld 2017, in: The Oxford Handbook of Political Networks, chapter 12; Leifeld and Haunss 2012, European Journal
of Political Research 51). A statement is an actor, a concept and a stance r, for or against. x(a,c,r) is how often
actor a takes stance r on concept c, after counting duplicates once; r' is the other stance.

    affiliation          b(a,c)  = x(a,c,for) - x(a,c,against)
    actor congruence     C(a,a') = Σ_c Σ_r x(a,c,r) x(a',c,r)
    actor conflict       K(a,a') = Σ_c Σ_r x(a,c,r) x(a',c,r')
    actor subtract       normalised congruence - normalised conflict
    concept congruence   C(c,c') = Σ_a Σ_r x(a,c,r) x(a,c',r), and so on for conflict and subtract

Normalisations, with n(a) = Σ_c Σ_r x(a,c,r) and q(a) = Σ_c Σ_r x(a,c,r)², and V for C or K:

    none       V
    average    V / ((n(a) + n(a')) / 2)             Leifeld's average activity; within [0, 1] where x is binary
    jaccard    V / (q(a) + q(a') - V)               Jaccard's coefficient where x is binary, for counts Tanimoto's
    cosine     V / sqrt(q(a) q(a'))                 within [0, 1], as Jaccard's
    activity   b(a,c) / n(a)                        affiliation only; within [-1, 1]
    prominence b(a,c) / n(c)                        affiliation only; within [-1, 1]

For the conflict network Jaccard and cosine compare what one says with the reverse of what the other says, so that two
who contradict each other on everything reach 1 there as two of one mind do in the congruence network. Subtracting gives
-1 to 1. Statements on a condition, neutral ones, and what others report take no side: they are counted, not woven in.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Literal, get_args

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.concepts import Concept, Once, concept_of, once
from dragoman.relate.periods import Unit, inside, periods, touches
from dragoman.relate.rows import Said

Kind = Literal[
    "affiliation",
    "actor congruence",
    "actor conflict",
    "actor subtract",
    "concept congruence",
    "concept conflict",
    "concept subtract",
]
Voice = Literal["actor", "person"]
Normalise = Literal["none", "average", "jaccard", "cosine", "activity", "prominence"]
Weave = Mapping[str, Mapping[str, tuple[int, int]]]  # actor -> concept -> for, against; or the other way round


class Terms(Record, frozen=True):
    """How a network is made; the network carries the terms it was given."""

    node: Voice = "actor"  # persons are speakers whose name is known; others are left out
    regarding: bool = True  # a concept is an issue with the third party or place it regards
    pair_issues: tuple[str, ...] = ()  # issues that are about a pair of actors, such as talks between them
    once: Once = "document"
    binary: bool = False  # a stance is taken or not, however often
    normalise: Normalise = "none"
    least_said: int = 1  # statements for or against that an actor must have made, after counting once
    least_actors: int = 1  # actors that a concept needs, among those who have said enough
    least_weight: float = 0.0  # edges whose weight is nearer to nought are left out
    isolates: bool = True  # keep nodes without an edge

    def __post_init__(self) -> None:
        for name, known in (("node", Voice), ("once", Once), ("normalise", Normalise)):
            if getattr(self, name) not in get_args(known):
                hint = ", ".join(get_args(known))
                raise SettingsError(f"{name} cannot be {getattr(self, name)!r}", name=name, hint=hint)
        for name in ("least_said", "least_actors", "least_weight"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} cannot be {getattr(self, name)}", name=name, hint="0 or more")


class Node(Record, frozen=True):
    """An actor, person or concept, and how much stands behind it. `frequency` is for and against together."""

    name: str
    kind: Literal["actor", "person", "concept"]
    frequency: int
    agree: int
    disagree: int
    conditional: int
    neutral: int
    articles: int
    issue: str | None = None
    regarding: str | None = None


class Edge(Record, frozen=True):
    """A tie. `agree` and `disagree` are raw: statements for and against, or congruence and conflict."""

    source: str
    target: str
    weight: float
    agree: int
    disagree: int


class Network(Record, frozen=True):
    """Nodes and edges in order of name. The figures tell what was not woven in, and why."""

    kind: Kind
    terms: Terms
    since: dt.date | None
    until: dt.date | None
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    statements: int  # woven in
    repeated: int  # counted once already
    thin: int  # of actors who said too little, or on concepts that too few spoke of
    unsided: int  # conditional or neutral
    reported: int  # said by others
    nameless: int  # speaker not known, where persons are the nodes
    undated: int  # day not known closely enough for the period


def network(
    rows: Iterable[Said],
    kind: Kind,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Network:
    """The network of this kind. Raises SettingsError for a kind or normalisation that does not exist or fit."""
    if kind not in get_args(Kind):
        raise SettingsError(f"no network is called {kind!r}", name="kind", hint=", ".join(get_args(Kind)))
    two_mode = kind == "affiliation"
    if terms.normalise != "none" and (terms.normalise in {"activity", "prominence"}) != two_mode:
        fits = ("none", "activity", "prominence") if two_mode else ("none", "average", "jaccard", "cosine")
        raise SettingsError(
            f"{terms.normalise!r} does not fit the {kind} network", name="normalise", hint=", ".join(fits)
        )

    given = list(rows)
    placed = [r for r in given if inside(r.date, r.until, since, until)]
    own = [r for r in placed if r.own]
    named = [r for r in own if _who(r, terms)]
    about = _about(terms)
    counted = once(named, terms.once, who=lambda r: _who(r, terms), about=about)
    concepts = {concept.label: concept for concept in map(about, counted)}
    sided = [r for r in counted if r.stance in {"for", "against"}]
    woven = _enough(sided, terms)

    nodes = _nodes(counted, woven, concepts, kind, terms)
    by_actor, by_concept = _weave(woven, terms)
    if two_mode:
        edges = _affiliations(by_actor, by_concept, terms.normalise)
    else:
        edges = _ties(by_actor if kind.startswith("actor") else by_concept, kind.split()[1], terms.normalise)
    edges = [edge for edge in edges if abs(edge.weight) >= terms.least_weight]
    if not terms.isolates:
        tied = {name for edge in edges for name in (edge.source, edge.target)}
        nodes = [node for node in nodes if node.name in tied]
    return Network(
        kind=kind,
        terms=terms,
        since=since,
        until=until,
        nodes=tuple(nodes),
        edges=tuple(edges),
        statements=len(woven),
        repeated=len(named) - len(counted),
        thin=len(sided) - len(woven),
        unsided=len(counted) - len(sided),
        reported=len(placed) - len(own),
        nameless=len(own) - len(named),
        undated=sum(touches(r.date, r.until, since, until) for r in given) - len(placed),
    )


def series(
    rows: Iterable[Said],
    kind: Kind,
    *,
    unit: Unit,
    width: int = 1,
    step: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> tuple[Network, ...]:
    """One network a window, windows side by side or, with a step smaller than the width, moving.

    Duplicates are counted once within each window, and each window's thresholds are its own. Without `since` and
    `until` the windows reach from the first to the last day spoken of; without any day there are none.
    """
    given = list(rows)
    first = since or min((r.date for r in given if r.date), default=None)
    last = until or max((r.until or r.date for r in given if r.date), default=None)
    if first is None or last is None:
        return ()
    return tuple(
        network(given, kind, since=window.start, until=window.end, terms=terms)
        for window in periods(first, last, unit, width=width, step=step)
    )


def node_rows(found: Network) -> list[tuple[str, dict[str, object]]]:
    """Each node's name and its figures, as exports of graphs take them."""
    return [(n.name, {k: v for k, v in n.to_dict().items() if k != "name"}) for n in found.nodes]


def edge_rows(found: Network) -> list[tuple[str, str, dict[str, object]]]:
    """Each edge's two ends and its figures, as exports of graphs take them."""
    return [(e.source, e.target, {"weight": e.weight, "agree": e.agree, "disagree": e.disagree}) for e in found.edges]


def about_rows(found: Network) -> dict[str, object]:
    """What the network as a whole is, how it was made and what it left out, as exports of graphs take it."""
    terms = found.terms.to_dict() | {"pair_issues": ", ".join(found.terms.pair_issues)}
    return {k: v for k, v in found.to_dict().items() if k not in {"nodes", "edges", "terms"}} | terms


def _who(row: Said, terms: Terms) -> str | None:
    return row.person if terms.node == "person" else row.actor


def _about(terms: Terms) -> Callable[[Said], Concept]:
    pairs = frozenset(terms.pair_issues)
    return lambda row: concept_of(row, regarding=terms.regarding, pair_issues=pairs)


def _enough(sided: list[Said], terms: Terms) -> list[Said]:
    about = _about(terms)
    said: dict[str | None, int] = defaultdict(int)
    for row in sided:
        said[_who(row, terms)] += 1
    loud = [r for r in sided if said[_who(r, terms)] >= terms.least_said]
    voices: dict[Concept, set[str | None]] = defaultdict(set)
    for row in loud:
        voices[about(row)].add(_who(row, terms))
    return [r for r in loud if len(voices[about(r)]) >= terms.least_actors]


def _weave(woven: list[Said], terms: Terms) -> tuple[Weave, Weave]:
    about = _about(terms)
    by_actor: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    by_concept: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in woven:
        actor, concept = _who(row, terms) or "", about(row).label
        agree, disagree = by_actor[actor].get(concept, (0, 0))
        agree, disagree = agree + (row.stance == "for"), disagree + (row.stance == "against")
        if terms.binary:
            agree, disagree = min(agree, 1), min(disagree, 1)
        by_actor[actor][concept] = by_concept[concept][actor] = (agree, disagree)
    return by_actor, by_concept


def _nodes(
    counted: list[Said], woven: list[Said], concepts: Mapping[str, Concept], kind: Kind, terms: Terms
) -> list[Node]:
    about = _about(terms)
    actors = {_who(r, terms) for r in woven}
    labels = {about(r).label for r in woven}
    behind: dict[tuple[str, str], list[Said]] = defaultdict(list)
    # a statement on a condition stands beside the node if its actor and concept are in the network
    sided = {id(r) for r in woven}
    for row in counted:
        who, label = _who(row, terms) or "", about(row).label
        if id(row) in sided or (row.stance in {"conditional", "neutral"} and who in actors and label in labels):
            if not kind.startswith("concept"):
                behind[terms.node, who].append(row)
            if not kind.startswith("actor"):
                behind["concept", label].append(row)
    return [_node(what, name, behind[what, name], concepts.get(name)) for what, name in sorted(behind)]


def _node(what: str, name: str, rows: list[Said], concept: Concept | None) -> Node:
    tally = {stance: sum(r.stance == stance for r in rows) for stance in ("for", "against", "conditional", "neutral")}
    return Node(
        name=name,
        kind=what,  # type: ignore[arg-type]
        frequency=tally["for"] + tally["against"],
        agree=tally["for"],
        disagree=tally["against"],
        conditional=tally["conditional"],
        neutral=tally["neutral"],
        articles=len({r.article for r in rows}),
        issue=concept.issue if concept and what == "concept" else None,
        regarding=(concept.regarding or None) if concept and what == "concept" else None,
    )


def _affiliations(by_actor: Weave, by_concept: Weave, normalise: Normalise) -> list[Edge]:
    """Edges from actors to concepts; see the head of this file for the formulae."""
    edges = []
    for actor in sorted(by_actor):
        for concept, (agree, disagree) in sorted(by_actor[actor].items()):
            whole = {"activity": _said(by_actor[actor]), "prominence": _said(by_concept[concept])}.get(normalise, 1)
            weight = (agree - disagree) / whole
            edges.append(Edge(source=actor, target=concept, weight=weight, agree=agree, disagree=disagree))
    return edges


def _ties(weave: Weave, how: str, normalise: Normalise) -> list[Edge]:
    """Edges between the rows of the table, each two at most once; see the head of this file for the formulae."""
    across: dict[str, list[str]] = defaultdict(list)
    for name in sorted(weave):
        for other in weave[name]:
            across[other].append(name)
    same: dict[tuple[str, str], int] = defaultdict(int)
    opposed: dict[tuple[str, str], int] = defaultdict(int)
    for other, names in across.items():
        for one, two in combinations(names, 2):
            (f1, a1), (f2, a2) = weave[one][other], weave[two][other]
            same[one, two] += f1 * f2 + a1 * a2
            opposed[one, two] += f1 * a2 + a1 * f2
    edges = []
    for one, two in sorted(same):
        agree, disagree = same[one, two], opposed[one, two]
        if not {"congruence": agree, "conflict": disagree, "subtract": agree + disagree}[how]:
            continue
        near = _normalised(agree, weave[one], weave[two], normalise)
        far = _normalised(disagree, weave[one], weave[two], normalise)
        weight = {"congruence": near, "conflict": far, "subtract": near - far}[how]
        edges.append(Edge(source=one, target=two, weight=weight, agree=agree, disagree=disagree))
    return edges


def _normalised(
    value: int, one: Mapping[str, tuple[int, int]], two: Mapping[str, tuple[int, int]], normalise: Normalise
) -> float:
    if not value or normalise == "none":
        return float(value)
    if normalise == "average":
        return value / ((_said(one) + _said(two)) / 2)
    squares = _squares(one), _squares(two)
    if normalise == "jaccard":
        return value / (squares[0] + squares[1] - value)
    return min(1.0, value / math.sqrt(squares[0] * squares[1]))


def _said(row: Mapping[str, tuple[int, int]]) -> int:
    return sum(agree + disagree for agree, disagree in row.values())


def _squares(row: Mapping[str, tuple[int, int]]) -> int:
    return sum(agree * agree + disagree * disagree for agree, disagree in row.values())
