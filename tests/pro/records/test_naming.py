"""A name leads to whom it means, however it is written, and never to somebody by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timepoint_pro.errors import AmbiguousNameError, UnknownNameError
from timepoint_pro.records.entity import Entity
from timepoint_pro.records.naming import entity_id, known_as

PEOPLE = (
    Entity("margaret_hale", "Margaret Hale"), Entity("marsh", "Elena Marsh"), Entity("Ito", "Ito"),
    Entity("guard_1", "the guard"), Entity("guard_2", "the guard"), Entity("JO", "Jo North"), Entity("jo", "Jo South"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("margaret_hale", "margaret_hale"),
        ("Margaret Hale", "margaret_hale"),
        ("margaret hale", "margaret_hale"),
        (" MARGARET_HALE ", "margaret_hale"),
        ("elena marsh", "marsh"),
        ("Marsh", "marsh"),
        ("ITO", "Ito"),
        ("JO", "JO"),
        ("jo", "jo"),
        ("guard_2", "guard_2"),
    ],
)
def test_a_name_leads_to_whom_it_means(name: str, meant: str) -> None:
    assert entity_id(PEOPLE, name) == meant


@pytest.mark.parametrize(("name", "fits"), [("the guard", ("guard_1", "guard_2")), ("Jo", ("JO", "jo"))])
def test_a_name_of_several_is_ambiguous(name: str, fits: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousNameError) as refused:
        entity_id(PEOPLE, name)
    assert refused.value.known == fits


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Margret Hale", "did you mean 'Margaret Hale'?"),
        ("Elena", "did you mean 'Elena Marsh'?"),
        ("xyz", "known: 'Elena Marsh', 'Ito', 'JO', 'Jo North',"),
    ],
)
def test_an_unknown_name_is_answered_with_a_near_one_or_with_all(name: str, advice: str) -> None:
    with pytest.raises(UnknownNameError) as refused:
        entity_id(PEOPLE, name)
    assert advice in str(refused.value)


@given(st.lists(st.text(min_size=1, max_size=4), unique=True), st.text(max_size=4))
def test_known_as_answers_with_a_known_name_that_reads_alike(known: list[str], name: str) -> None:
    alike = [one for one in known if one.casefold() == name.strip().casefold()]
    if name in known:
        assert known_as("timepoint", name, known) == name
    elif len(alike) == 1:
        assert known_as("timepoint", name, known) == alike[0]
    else:
        with pytest.raises(UnknownNameError) as refused:
            known_as("timepoint", name, known)
        assert isinstance(refused.value, AmbiguousNameError) == bool(alike)


def test_many_names_are_not_all_listed_and_the_error_says_where_they_are() -> None:
    with pytest.raises(UnknownNameError, match=r"T11 and 8 more \('timepoint show RUN' lists them\)$") as refused:
        known_as("timepoint", "x", [f"T{one:02}" for one in range(20)], "'timepoint show RUN' lists them")
    assert len(refused.value.known) == 20
