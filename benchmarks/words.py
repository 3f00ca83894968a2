"""What the invented news is made of: names, phrases, and the templates of its paragraphs."""

from __future__ import annotations

# fmt: off
COUNTRIES = [  # country, its Wikidata item, demonym, capital, its Wikidata item
    ("Austria", "Q40", "Austrian", "Vienna", "Q1741"), ("Canada", "Q16", "Canadian", "Ottawa", "Q1930"),
    ("Denmark", "Q35", "Danish", "Copenhagen", "Q1748"), ("Finland", "Q33", "Finnish", "Helsinki", "Q1757"),
    ("France", "Q142", "French", "Paris", "Q90"), ("Germany", "Q183", "German", "Berlin", "Q64"),
    ("Greece", "Q41", "Greek", "Athens", "Q1524"), ("Hungary", "Q28", "Hungarian", "Budapest", "Q1781"),
    ("Ireland", "Q27", "Irish", "Dublin", "Q1761"), ("Italy", "Q38", "Italian", "Rome", "Q220"),
    ("Japan", "Q17", "Japanese", "Tokyo", "Q1490"), ("Norway", "Q20", "Norwegian", "Oslo", "Q585"),
    ("Poland", "Q36", "Polish", "Warsaw", "Q270"), ("Portugal", "Q45", "Portuguese", "Lisbon", "Q597"),
    ("Russia", "Q159", "Russian", "Moscow", "Q649"), ("Spain", "Q29", "Spanish", "Madrid", "Q2807"),
    ("Sweden", "Q34", "Swedish", "Stockholm", "Q1754"),
]
WOMEN = ["Ada", "Chloé", "Elif", "Freya", "Ingrid", "Marta", "Nora", "Renée", "Sofia", "Zoë"]
MEN = ["Amir", "Björn", "Carlos", "Dmitri", "Henrik", "José", "Łukasz", "Omar", "Pavel", "Tomás"]
SURNAMES = [
    "Almeida", "Bergström", "Costa", "Dvořák", "Eriksen", "Fischer", "Haddad", "Ivanova", "Keller", "Laurent",
    "Mancini", "Novak", "O’Brien", "Papadakis", "Quist", "Rossi", "Sørensen", "Tanaka", "Virtanen", "Zając",
]
EASTERN_NAMES = ["𠮷田誠", "𠮷川美咲", "𠮷野博", "𣘺本翔", "𣘺口葵"]
NOMINALS = ["the envoy", "the minister", "the official"]
ROLES = [
    "President", "chancellor", "commissioner", "defence minister", "foreign minister", "negotiator",
    "presidential aide", "prime minister", "spokesperson", "trade envoy",
]
ORGANISATIONS = ["Chamber of Commerce", "Institute of Geology", "Observatory", "Philharmonic", "Port Authority"]
TREATIES = ["Convention on River Traffic", "Fisheries Treaty", "Open Harbours Act", "Treaty on Shared Archives"]

SUBJECTS = [
    "a further round of talks", "an agreement on fisheries", "every member of the delegation",
    "most of the old harbour", "no other proposal on the table", "some 40 per cent of the seats",
    "the budget for coastal roads", "the committee on public works", "the dispute over grain exports",
    "the independent inquiry", "the long-delayed railway tunnel", "the new customs arrangement",
    "the reform of the courts", "the state-owned shipyard",
]
EASTERN_SUBJECTS = ["the 東京 office", "the 北京 desk", "the 🌍 campaign", "the 𝔘niversity press", "the 🚀 exhibition"]
VERBS = [
    "could hardly survive without", "had already been shaped by", "might be put to a vote together with",
    "remained closely tied to", "should not be confused with", "was meant to bring down the cost of",
    "was supposed to make room for", "would depend in the end on", "would have to be weighed against",
]
OBJECTS = [
    "a smaller and more open market", "better care for the elderly", "closer ties between the regions",
    "cuts to farm subsidies", "loans from private lenders", "stricter rules for lobbyists",
    "the interests of small exporters", "the price of natural gas", "the safety of coastal shipping",
]
TAILS = [
    "as long as the courts allow it", "despite strong opposition", "even if nobody says so in public",
    "on the fringes of the conference", "to the surprise of observers", "under the terms of the accord",
    "with or without a majority", "without any further debate",
]
QUOTED = ["a first step", "deeply regrettable", "fruitful", "long overdue", "nothing new", "playing with fire"]
CUES = ["added", "announced", "confirmed", "explained", "said", "suggested"]
ADDRESSEES = ["lawmakers", "reporters", "the committee", "the newspaper"]

MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]
SHORT_MONTHS = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
# fmt: on

# In the templates of paragraphs, {slot} is filled, and annotated as `drafts` says; {slot!} is the source of the quote.
# <…> is the content of a quote, «…» that of a quote inside it, […] a fragment; | stands between sentences.
TITLE = "{person} to meet {person} in {capital} {next}"
DIRECT = [
    "<“{F}, and {f},”> {demonym} {role} {person!} {cue} {when}.",
    "<“{F},”> {surname!} {told} {addressee} in {capital} {when}. | {F}.",
    "In {capital} {when}, {the!} {cue}: <“{F}. | {F}.”>",
]
SPLIT = ["<“{F},”> {person!} {cue} in {country}. | <“{F}.”>"]
INDIRECT = [
    "{person!} {cue} {when} that <{f} in {country}>. | {F}.",
    "{According} {person!}, <{f} in {capital} {when}>. | {F}.",
    "{He!} {cue} {when} that <{metonym} expected to hear how {f}>. | {F}.",
]
MIXED = [
    "{surname!} {cue} {when} that <{f}, which {he} called [“{quoted}”]>.",
    "{The!} {cue} {when} that <in {country} {f}, and that this was [“{quoted}”] and [“{quoted}”]>.",
]
REPORTED = ["{person!} {told} {addressee}: <“{I} {said} {when} in {capital} that «{f}». | {F}.”>"]
MEETING = [
    "{demonym} {role} {person} met {person} in {capital} {when}. | {F}.",
    "{person} returned to {country} {when}, where {his} visit to {capital} had begun. | {F}.",
]
TREATY = [
    "{country} and {country} signed the {treaty} {when}; {they} had discussed it in {capital}. | {F}.",
    "{When}, {sides} put aside the {treaty} and asked {person} and {surname} to explain in {capital} how {f}.",
]
EVENING = ["{Leaders} and {demonym} {role} {person} left {capital} on {evening}. | {F}."]
BACKGROUND = [
    "{country} and {country} have argued about it {long}, and the {organisation} has kept count. | {F}.",
    "The {organisation} looked into it {long}. | Neither {person} nor {demonym} experts found fault with that. | {F}.",
]
QUIET = [
    "{Leaders} have kept their distance; {they} differ over the {treaty}. | In {country}, {f}.",
    "{demonym} {role} {person} has kept {his} distance from {person}. | {F}.",
]
# One template of each makes a document: with the title (3 mentions, 1 date) and the byline (1 and 1) they come to 56
# mentions, 14 quotes and 20 dates, whichever they are.
PLAN = [
    *[DIRECT] * 5, *[INDIRECT] * 4, *[MIXED] * 2, *[MEETING] * 2, SPLIT, REPORTED, TREATY, EVENING, BACKGROUND, QUIET,
]  # fmt: skip
