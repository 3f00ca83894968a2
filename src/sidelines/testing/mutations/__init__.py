"""Single faults for drawn corpora, each with the code of the rule that must find it, and no other.

Every rule has a fault here, and no fault is without its rule. Those of the rules about builds (P) make a build of the
corpus and put the fault into that; `sidelines.verify` finds what is wrong with its files, `sidelines.check` the rest.

>>> from sidelines.testing.mutations import MUTATIONS
>>> MUTATIONS["wrong-weekday"].code, MUTATIONS["wrong-weekday"].description
('D003', 'Another day of the week than the words say.')
>>> sum(mutation.code == "O004" for mutation in MUTATIONS.values())
19
"""

from __future__ import annotations

from collections.abc import Mapping

from sidelines.testing.mutations import builds, counting, files, meanings, relations, schemas, spans
from sidelines.testing.mutations.places import Mutation

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS: Mapping[str, Mutation] = {
    mutation.name: mutation
    for family in (files, schemas, spans, counting, relations, meanings, builds)
    for mutation in family.MUTATIONS
}
