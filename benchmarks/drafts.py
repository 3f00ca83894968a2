"""Write one document of invented news, and note what was annotated where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle
from random import Random
from typing import Any

from words import (
    ADDRESSEES,
    COUNTRIES,
    CUES,
    EASTERN_NAMES,
    EASTERN_SUBJECTS,
    MEN,
    MONTHS,
    NOMINALS,
    NUMBERS,
    OBJECTS,
    ORGANISATIONS,
    PLAN,
    QUOTED,
    ROLES,
    SHORT_MONTHS,
    SUBJECTS,
    SURNAMES,
    TAILS,
    TITLE,
    TREATIES,
    VERBS,
    WEEKDAYS,
    WOMEN,
)

__all__ = ["Draft", "Entity", "Row", "Span", "draft"]

Row = dict[str, Any]
Span = tuple[int, int]

NO_BREAK = "\u00a0"
TABLES = ("blocks", "sentences", "mentions", "roles", "quotes", "dates")
TOKENS = re.compile(r"(\{\w+!?\}|\s*\|\s*|[<>«»\[\]])")
SPACES = re.compile(r" (?=\d)")


@dataclass(frozen=True, slots=True)
class Entity:
    """Someone or something in a document: its canonical name, and the words that stand for it."""

    type: str
    name: str
    wikidata: str | None = None
    members: tuple[Entity, ...] = ()
    surname: str = ""
    pronouns: tuple[str, str] = ("they", "their")
    nominal: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """A country as articles name it."""

    entity: Entity
    demonym: str
    capital: Entity


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression: what stands before it, its words, its value, and whether it hangs on the creation time."""

    before: str
    words: str
    type: str
    value: str
    mod: str | None = None
    anchored: bool = False


@dataclass(slots=True)
class Draft:
    """A document while it is written: its text so far, and rows by table, with objects where the files have ids.

    Rows of quotes have spans as (start, end); the others `start` and `end`.
    """

    random: Random
    created: date
    eastern: bool
    unbroken: bool
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def write(self, words: str) -> Span:
        """Add words to the text; returns where they stand."""
        start = self.length
        self.pieces.append(words)
        self.length += len(words)
        return start, self.length

    def add(self, table: str, span: Span, **properties: Any) -> Row:
        """Add a row whose span stands already."""
        row = {"start": span[0], "end": span[1], **properties}
        self.rows[table].append(row)
        return row

    def mention(self, words: str, form: str, entity: Entity, **properties: Any) -> Row:
        """Write words that mention an entity."""
        return self.add("mentions", self.write(words), form=form, entity=entity, **properties)

    def date(self, time: Time, **properties: Any) -> Row:
        """Write a time expression."""
        self.write(time.before)
        span = self.write(SPACES.sub(NO_BREAK, time.words) if self.unbroken else time.words)
        own = {"type": time.type, "value": time.value, "mod": time.mod, "anchored": time.anchored}
        return self.add("dates", span, **own, **properties)

    def clause(self) -> str:
        """A clause about public affairs that names nobody."""
        choose = self.random.choice
        subjects = EASTERN_SUBJECTS if self.eastern and self.random.random() < 0.3 else SUBJECTS
        return f"{choose(subjects)} {choose(VERBS)} {choose(OBJECTS)} {choose(TAILS)}"

    @contextmanager
    def block(self, kind: str) -> Iterator[None]:
        """Whatever is written inside is one block, one line of the text."""
        if self.length:
            self.write("\n\n")
        start = self.length
        yield
        self.add("blocks", (start, self.length), kind=kind)


def draft(random: Random, eastern: bool, unbroken: bool) -> Draft:
    """Write a document; `eastern` with CJK and astral characters, `unbroken` with no-break spaces."""
    made = Draft(random, date(2010, 1, 1) + timedelta(random.randrange(3650)), eastern, unbroken)
    cast = Cast(made)
    with made.block("title"):
        _fill(made, cast, TITLE)
    with made.block("byline"):
        made.write("by ")
        cast.name(cast.author)
        made.write(" Posted on ")
        made.date(_full(made.created), function="CREATION_TIME")
    for templates in random.sample(PLAN, len(PLAN)):
        with made.block("paragraph"):
            _fill(made, cast, random.choice(templates))
    with made.block("boilerplate"):
        made.write("Leave a Reply")
    return made


class Cast:
    """Who and what a document is about, and whom "he", "they" or "the minister" means next."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        random = draft.random
        self.author, *people = (_person(random, surname) for surname in random.sample(SURNAMES, 6))
        if draft.eastern:
            name = random.choice(EASTERN_NAMES)
            people[0] = replace(people[0], name=name, surname=name[:2])
        countries = [
            Country(Entity("GPE", country, item), demonym, Entity("GPE", capital, capital_item))
            for country, item, demonym, capital, capital_item in random.sample(COUNTRIES, 3)
        ]
        self.person, self.people = people[0], cycle(people)
        self.country, self.countries = countries[0], cycle(countries)
        self.leaders = _group(people[:2], "the two leaders")
        self.sides = _group([country.entity for country in countries[:2]], "both sides")
        self.group = self.leaders
        self.treaty = Entity("LAW", random.choice(TREATIES))
        self.city = countries[2].capital
        self.organisation = Entity("ORG", f"{self.city.name} {random.choice(ORGANISATIONS)}")
        self.role: Row | None = None

    def name(self, entity: Entity) -> Row:
        """Write the name of an entity."""
        return self.draft.mention(entity.name, "NAM", entity)

    def next_person(self) -> Row:
        """Name the next person in full; the role that stands before is theirs."""
        self.person = next(self.people)
        mention = self.name(self.person)
        if self.role is not None:
            self.role["person"] = mention
            self.role = None
        return mention

    def next_country(self) -> Row:
        """Name the next country."""
        self.country = next(self.countries)
        return self.name(self.country.entity)

    def next_demonym(self) -> Row:
        """Write the adjective of the next country."""
        self.country = next(self.countries)
        return self.draft.mention(self.country.demonym, "DEM", self.country.entity)

    def next_role(self) -> None:
        """Write the role of the person who is named next, whose polity is the mention before."""
        span = self.draft.write(self.draft.random.choice(ROLES))
        self.role = self.draft.add("roles", span, polity=self.draft.rows["mentions"][-1])

    def metonym(self) -> Row:
        """Name a capital that means the state."""
        return self.draft.mention(self.country.capital.name, "NAM", self.country.entity, metonym=True)

    def names(self) -> Row:
        """Name the organisation, whose name holds the name of its city."""
        start = self.name(self.city)["start"]
        _, end = self.draft.write(self.organisation.name.removeprefix(self.city.name))
        return self.draft.add("mentions", (start, end), form="NAM", entity=self.organisation)

    def nominal(self, capital: bool) -> Row:
        """Describe the person who was named last."""
        return self.draft.mention(_cased(self.person.nominal, capital), "NOM", self.person)

    def pronoun(self, which: int, capital: bool = False) -> Row:
        """Write a pronoun for the person who was named last; one in forty leaves the reader in doubt."""
        doubt = True if self.draft.random.random() < 0.025 else None
        return self.draft.mention(_cased(self.person.pronouns[which], capital), "PRO", self.person, uncertain=doubt)

    def pair(self, group: Entity, capital: bool) -> Row:
        """Describe a group."""
        self.group = group
        return self.draft.mention(_cased(group.nominal, capital), "NOM", group)


def _person(random: Random, surname: str) -> Entity:
    names, pronouns = random.choice([(WOMEN, ("she", "her")), (MEN, ("he", "his"))])
    return Entity("PERSON", f"{random.choice(names)} {surname}", None, (), surname, pronouns, random.choice(NOMINALS))


def _group(members: list[Entity], nominal: str) -> Entity:
    return Entity("GROUP", " and ".join(member.name for member in members), None, tuple(members), nominal=nominal)


def _cased(words: str, capital: bool) -> str:
    return words[0].upper() + words[1:] if capital else words


# -- time expressions --------------------------------------------------------------------------------------------------


def _full(day: date) -> Time:
    return Time("", f"{MONTHS[day.month - 1]} {day.day}, {day.year}", "DATE", day.isoformat())


def _weekday(random: Random, created: date) -> Time:
    day = created - timedelta(random.randint(1, 6))
    return Time("", WEEKDAYS[day.weekday()], "DATE", day.isoformat(), anchored=True)


def _day(random: Random, created: date) -> Time:
    day = created + timedelta(random.randint(-60, 60))
    return Time("on ", f"{SHORT_MONTHS[day.month - 1]} {day.day}", "DATE", day.isoformat(), anchored=True)


def _month(random: Random, created: date) -> Time:
    day = created - timedelta(random.randint(100, 3000))
    return Time("in ", f"{MONTHS[day.month - 1]} {day.year}", "DATE", f"{day:%Y-%m}")


def _weekend(random: Random, created: date) -> Time:
    year, week, _ = (created - timedelta(7)).isocalendar()
    return Time("over ", "the weekend", "DATE", f"{year}-W{week:02}-WE", anchored=True)


def _week(random: Random, created: date) -> Time:
    year, week, _ = created.isocalendar()
    return Time("", "earlier this week", "DATE", f"{year}-W{week:02}", anchored=True)


def _early(random: Random, created: date) -> Time:
    year = created.year - random.randint(1, 20)
    return Time("in ", f"early {year}", "DATE", str(year), mod="START")


def _duration(random: Random, created: date) -> Time:
    number, unit = random.choice(list(NUMBERS)), random.choice(("days", "weeks", "years"))
    return Time("for ", f"{NUMBERS[number]} {unit}", "DURATION", f"P{number}{unit[0].upper()}")


def _more_than(random: Random, created: date) -> Time:
    number = random.choice(list(NUMBERS))
    return Time("for ", f"more than {NUMBERS[number]} years", "DURATION", f"P{number}Y", mod="MORE_THAN")


def _every(random: Random, created: date) -> Time:
    day = random.randrange(7)
    return Time("", f"every {WEEKDAYS[day]}", "SET", f"XXXX-WXX-{day + 1}")


def _recent(random: Random, created: date) -> Time:
    return Time("in ", "recent years", "DATE", "PAST_REF", anchored=True)


def _next_month(created: date) -> Time:
    later = created.replace(day=28) + timedelta(4)
    return Time("", "next month", "DATE", f"{later:%Y-%m}", anchored=True)


WHEN = (_weekday, _weekday, _day, _day, _month, _weekend, _week, _early)
LONG = (_duration, _more_than, _every, _recent)


def _long(draft: Draft) -> Row:
    return draft.date(draft.random.choice(LONG)(draft.random, draft.created))


def _when(draft: Draft, capital: bool) -> Row:
    time = draft.random.choice(WHEN)(draft.random, draft.created)
    if capital and not time.before:
        time = replace(time, words=_cased(time.words, True))
    return draft.date(replace(time, before=_cased(time.before, capital)) if time.before else time)


def _evening(draft: Draft) -> Row:
    """Write a time of the day that holds its date."""
    time = _full(draft.created - timedelta(draft.random.randint(1, 400)))
    start, _ = draft.write("the evening of ")
    end = draft.date(time)["end"]
    return draft.add("dates", (start, end), type="TIME", value=f"{time.value}TEV", mod=None, anchored=False)


# -- paragraphs --------------------------------------------------------------------------------------------------------

PARTS = {text: [part for part in TOKENS.split(text) if part] for texts in ([TITLE], *PLAN) for text in texts}
CLOSING = {">": "<", "»": "«", "]": "["}


def _fill(draft: Draft, cast: Cast, template: str) -> None:
    """Write one paragraph, with the rows of its sentences, mentions, roles, quotes and dates."""
    outer: Row = {"content": [], "fragments": []}
    inner: Row = {"content": [], "fragments": [], "parent": outer}
    spans = {"<": outer["content"], "«": inner["content"], "[": outer["fragments"]}
    opened: dict[str, int] = {}
    sentence = draft.length
    for part in PARTS[template]:
        if part in spans:
            opened[part] = draft.length
        elif part in CLOSING:
            spans[CLOSING[part]].append((opened.pop(CLOSING[part]), draft.length))
        elif part.strip() == "|":
            draft.add("sentences", (sentence, draft.length))
            _, sentence = draft.write(NO_BREAK + " " if draft.unbroken else " ")
        elif part[0] == "{":
            _slot(draft, cast, part.strip("{!}"), "!" in part, outer, inner)
        else:
            draft.write(part)
    draft.add("sentences", (sentence, draft.length))
    draft.rows["quotes"] += [quote for quote in (outer, inner) if quote["content"]]


def _slot(draft: Draft, cast: Cast, name: str, source: bool, outer: Row, inner: Row) -> None:
    choose, capital = draft.random.choice, name[0].isupper()
    if name in "fF":
        draft.write(_cased(draft.clause(), capital))
    elif name == "quoted":
        draft.write(choose(QUOTED))
    elif name == "role":
        cast.next_role()
    elif name == "addressee":
        outer["addressee"] = draft.write(choose(ADDRESSEES))
    elif name == "said":
        inner["cue"] = draft.write(name)
    elif name in ("cue", "told", "According"):
        outer["cue"] = draft.write({"cue": choose(CUES), "According": "According to"}.get(name, name))
    else:
        mention = SLOTS[name.lower()](cast, capital)
        if source:
            outer["source"] = mention
        elif name == "I":
            inner["source"] = mention


SLOTS: Mapping[str, Callable[[Cast, bool], Row]] = {
    "person": lambda cast, capital: cast.next_person(),
    "surname": lambda cast, capital: cast.draft.mention(cast.person.surname, "NAM", cast.person),
    "the": lambda cast, capital: cast.nominal(capital),
    "he": lambda cast, capital: cast.pronoun(0, capital),
    "his": lambda cast, capital: cast.pronoun(1),
    "i": lambda cast, capital: cast.draft.mention("I", "PRO", cast.person),
    "country": lambda cast, capital: cast.next_country(),
    "demonym": lambda cast, capital: cast.next_demonym(),
    "capital": lambda cast, capital: cast.name(cast.country.capital),
    "metonym": lambda cast, capital: cast.metonym(),
    "organisation": lambda cast, capital: cast.names(),
    "treaty": lambda cast, capital: cast.name(cast.treaty),
    "leaders": lambda cast, capital: cast.pair(cast.leaders, capital),
    "sides": lambda cast, capital: cast.pair(cast.sides, capital),
    "they": lambda cast, capital: cast.draft.mention("they", "PRO", cast.group),
    "next": lambda cast, capital: cast.draft.date(_next_month(cast.draft.created)),
    "evening": lambda cast, capital: _evening(cast.draft),
    "when": lambda cast, capital: _when(cast.draft, capital),
    "long": lambda cast, capital: _long(cast.draft),
}
