"""RecentIds."""

from hypothesis import given
from hypothesis import strategies as st

from sinks.recent import RecentIds


@given(st.lists(st.text(max_size=3), unique=True), st.integers(0, 20))
def test_it_remembers_the_newest(ids: list[str], size: int) -> None:
    recent = RecentIds(size)
    recent.add(ids)
    assert [one for one in ids if one in recent] == ids[max(0, len(ids) - size) :]
