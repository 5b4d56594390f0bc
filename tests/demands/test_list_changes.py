"""What two versions of a list differ in: for any two lists, and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demands.list_changes import Change, Listing, Row, apply, difference, from_json, to_json

CELLS = st.text(alphabet="甲乙 1", max_size=3)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    """Any list: few keys and columns, so that two of them share some."""
    columns = tuple(draw(st.lists(st.sampled_from("ABCD"), unique=True, max_size=3)))
    keys = draw(st.lists(st.sampled_from("12345"), unique=True))
    rows = (Row(key, tuple(draw(CELLS) for _ in columns)) for key in keys)
    return Listing(columns, tuple(rows))


@given(listings(), listings())
def test_applying_the_difference_to_the_old_version_gives_the_new(old: Listing, new: Listing) -> None:
    assert apply(old, difference(old, new)) == new


@given(listings())
def test_a_version_does_not_differ_from_itself(listing: Listing) -> None:
    assert difference(listing, listing).is_empty
    assert difference(listing, listing).words == "没有变动"


@given(listings(), listings())
def test_what_came_one_way_goes_the_other(old: Listing, new: Listing) -> None:
    forth, back = difference(old, new), difference(new, old)
    assert forth.added == back.gone
    assert forth.gone == back.added


@given(listings(), listings())
def test_each_record_comes_goes_changes_or_stays(old: Listing, new: Listing) -> None:
    change = difference(old, new)
    before, after = {row.key for row in old.rows}, {row.key for row in new.rows}
    assert {row.key for row in change.added} == after - before
    assert {row.key for row in change.gone} == before - after
    changed = {row.key for row in change.changed}
    assert changed <= before & after
    if set(new.columns) == set(old.columns):
        assert changed == {key for key in before & after if old.by_key()[key] != new.by_key()[key]}


@given(listings())
def test_a_list_survives_json(listing: Listing) -> None:
    assert from_json(to_json(listing)) == listing


def test_the_order_alone_is_no_change_but_is_kept() -> None:
    first, second = Row("1", ("甲",)), Row("2", ("乙",))
    old, new = Listing(("内容",), (first, second)), Listing(("内容",), (second, first))
    assert difference(old, new).is_empty
    assert apply(old, difference(old, new)) == new


def test_differences_are_told_in_words() -> None:
    columns = ("编号", "内容", "状态")
    old = Listing(columns, (Row("1", ("XQ-1", "缺焊工", "办理中")), Row("2", ("XQ-2", "缺资金", "办理中"))))
    new = Listing(columns, (Row("1", ("XQ-1", "缺焊工", "已解决")), Row("3", ("XQ-3", "缺用地", ""))))
    change = difference(old, new)
    assert change.words == "新增 1 项，减少 1 项，变动 1 项"
    assert change.changed[0].name == "XQ-1 缺焊工"
    assert change.changed[0].words == "“状态”由“办理中”改为“已解决”"
    assert Change("联系人", "", "王芳").words == "“联系人”补填为“王芳”"
    assert Change("联系人", "王芳", "").words == "“联系人”原为“王芳”，现在空着"


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (("A", "A"), ()),
        (("A",), (Row("1", ("甲",)), Row("1", ("乙",)))),
        (("A", "B"), (Row("1", ("甲",)),)),
    ],
)
def test_a_list_that_cannot_be_compared_is_refused(columns: tuple[str, ...], rows: tuple[Row, ...]) -> None:
    with pytest.raises(ValueError, match=r"unique|cell"):
        Listing(columns, rows)
