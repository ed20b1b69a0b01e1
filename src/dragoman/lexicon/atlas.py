"""The names of places, ready to be found: countries, their capitals, towns and regions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import Matcher, fold
from dragoman.lexicon.rows import Ambiguous, City


class Site(msgspec.Struct, frozen=True, gc=False):
    """What a name can mean."""

    kind: str  # country | city | region, province, sea, strait, river, mountain, base, site
    name: str
    country: str | None
    latitude: float | None
    longitude: float | None
    geonames: int | None
    population: int = 0
    capital: bool = False
    admin: str = ""


class Atlas:
    """All names of places, and the words that make them places."""

    def __init__(self, lexicon: Lexicon) -> None:
        table = lexicon.places
        self._lexicon = lexicon
        self._uppers: dict[str, list[Site]] | None = None
        self.words: dict[str, frozenset[str]] = {k: frozenset(v) for k, v in table.items()}
        self.names: Matcher[Site] = Matcher(self._forms(lexicon))
        self.ambiguous: dict[str, list[Ambiguous]] = {}
        for row in lexicon.ambiguous:
            self.ambiguous.setdefault(fold(row.form), []).append(row)
        self.capitals: dict[str, Site] = {}
        for state in lexicon.states:
            for site in self.names.get(state.capital[0]) if state.capital else ():
                if site.capital and site.country == state.code:
                    self.capitals[state.code] = site
        self.adjectives = {fold(a): s.code for s in lexicon.states if not s.to for a in (*s.adjectives, s.name)}
        # the parts of federal states that "Paris, Texas" and "London, Ontario" name
        self.admins = {c.admin for c in lexicon.cities if c.admin}

    def in_capitals(self, form: str) -> tuple[Site, ...]:
        """What a name written in capitals can mean."""
        if self._uppers is None:
            self._uppers = {}
            for name, site in self._forms(self._lexicon):
                self._uppers.setdefault(fold(name).upper(), []).append(site)
        return tuple(self._uppers.get(fold(form), ()))

    def _forms(self, lexicon: Lexicon) -> Iterator[tuple[str, Site]]:
        by_name: dict[tuple[str, str], City] = {}
        for city in lexicon.cities:
            for form in (city.name, *city.aliases):
                known = by_name.get((city.country, fold(form)))
                if known is None or known.population < city.population:
                    by_name[city.country, fold(form)] = city
        seats: dict[int, list[str]] = {}
        for state in lexicon.states:
            if state.to:
                continue  # of a state that is gone the places lie in another
            towns = [by_name[state.code, fold(c)] for c in state.capital if (state.code, fold(c)) in by_name]
            town = towns[0] if towns else None
            for seat in towns:
                seats.setdefault(seat.geonames, [])
            if town is not None:
                seats[town.geonames].extend(c for c in state.capital if (state.code, fold(c)) not in by_name)
            land = Site(
                kind="country",
                name=state.name,
                country=state.code,
                latitude=town.latitude if town else None,
                longitude=town.longitude if town else None,
                geonames=None,
            )
            for form in {state.name, state.official, *state.aliases}:
                yield form, land
        for region in lexicon.regions:
            site = Site(
                kind=region.kind or "region",
                name=region.name,
                country=region.country or None,
                latitude=region.latitude,
                longitude=region.longitude,
                geonames=region.geonames,
            )
            for form in (region.name, *region.aliases):
                yield form, site
        for city in lexicon.cities:
            site = Site(
                kind="city",
                name=city.name,
                country=city.country,
                latitude=city.latitude,
                longitude=city.longitude,
                geonames=city.geonames or None,
                population=city.population,
                capital=city.geonames in seats,
                admin=city.admin,
            )
            for form in {city.name, city.ascii, *city.aliases, *seats.get(city.geonames, ())}:
                yield form, site


def atlas_of(lexicon: Lexicon) -> Atlas:
    """The atlas of a lexicon, made once."""
    known = lexicon.__dict__.get("atlas")
    if known is None:
        known = lexicon.__dict__["atlas"] = Atlas(lexicon)
    assert isinstance(known, Atlas)
    return known
