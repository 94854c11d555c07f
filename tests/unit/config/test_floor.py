"""What cannot count is refused with its place in the file; what is likely not to is warned of."""

from pathlib import Path

import pytest

import cli.demo
from analytics.floor import floor_at, plan_of, warnings_of
from config import load_settings
from domain.errors import SettingsError
from tests.support.command import Footfall

LINE = "lines: {door: {from: [0.2, 0.5], to: [0.8, 0.5], in: left}}"


def camera(tmp_path: Path, *floor: str) -> Path:
    file = tmp_path / "shop.yaml"
    file.write_text("cameras:\n  - source: door.mp4\n" + "".join(f"    {line}\n" for line in floor))
    return file


def refused(tmp_path: Path, *floor: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(camera(tmp_path, *floor), {}, {})
    return str(caught.value).replace(f"{tmp_path}/", "")


def line(begin: str, end: str) -> str:
    return f"lines: {{door: {{from: {begin}, to: {end}, in: left}}}}"


def zone(polygon: str) -> str:
    return f"zones: {{till: {{polygon: {polygon}}}}}"


@pytest.mark.parametrize(
    ("floor", "problem"),
    [
        (line("[0.5, 0.5]", "[0.5, 0.5]"), "has no length"),
        (line("[.nan, 0.5]", "[0.5, 0.5]"), "lines.door.from[0]"),
        (line("[-0.1, 0.5]", "[0.5, 0.5]"), "lines.door.from[0] = -0.1"),
        (line("[0.5, 0.5]", "[320, 200]"), "mixes fractions"),
        (line("[0.5]", "[0.5, 0.9]"), "lines.door.from"),
        ("lines: {door: {from: [0.1, 0.5], to: [0.5, 0.5], in: up}}", "lines.door.in = 'up'"),
        ("lines: {door: {from: [0.1, 0.5], to: [0.5, 0.5]}}", "lines.door.in"),
        ("lines: {'a b': {from: [0.1, 0.5], to: [0.5, 0.5], in: left}}", "'a b' is no name"),
        (zone("[[0.1, 0.1], [0.5, 0.5]]"), "has 2 points; a zone needs at least 3"),
        (zone("[[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]"), "no area"),
        (zone("[[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]]"), "has the corner [0.1, 0.1] twice in a row"),
        (zone("[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.1]]"), "has the corner [0.1, 0.1] twice in a row"),
        (zone("[[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]"), "crosses itself"),
        (zone("[[0.1, 0.1], [0.9, .inf], [0.9, 0.1]]"), "zones.till.polygon[1][1]"),
        ("calibration: {picture: [[0, 0], [1, 0], [1, 1], [0, 1]], metres: [[0, 0], [1, 0], [2, 0], [0, 1]]}", "one line"),
    ],
)  # fmt: skip
def test_what_cannot_count_is_refused_in_one_line_with_its_place(
    tmp_path: Path, floor: str, problem: str
) -> None:
    told = refused(tmp_path, floor)
    assert problem in told
    assert "(shop.yaml:3)" in told
    assert told.startswith("cameras[0].")
    assert "\n" not in told


def test_names_that_are_the_same_or_missing_are_refused(tmp_path: Path) -> None:
    twice = "lines: {door: {from: [0.2, 0.5], to: [0.8, 0.5], in: left}, Door: {from: [0.2, 0.6], to: [0.8, 0.6], in: left}}"
    assert "door and Door are the same name" in refused(tmp_path, twice)
    again = "zones: {door: {polygon: [[0, 0], [1, 0], [1, 1]]}}"
    assert "lines.door and zones.door have the same name" in refused(tmp_path, LINE, again)
    elsewhere = "rooms: {shop: {doors: [gate]}}"
    assert "rooms.shop.doors names the line gate, which is not there; there are door" in refused(
        tmp_path, LINE, elsewhere
    )


@pytest.mark.parametrize(
    ("floor", "place"),
    [
        ("rooms: {shop: {doors: [door, door]}}", "rooms.shop.doors"),
        ("zones: {window: {polygon: [[0, 0], [1, 0], [1, 1]], leads_to: [door, door]}}", "zones.window.leads_to"),
        ("analytics: {staff: {starts_in: [door, door]}}", "analytics.staff.starts_in"),
    ],
)  # fmt: skip
def test_what_is_named_twice_is_refused(tmp_path: Path, floor: str, place: str) -> None:
    told = refused(tmp_path, LINE, floor)
    assert told == f"cameras[0].{place} (shop.yaml:4): has door twice; list each once"


QUOTES = "(in quotes, since YAML takes # for a comment)"
COLORS = "'black', 'white', 'grey', 'red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'brown' or 'beige'"
ALL = "'hat', 'upper-clothes', 'dress', 'coat', 'pants', 'skirt', 'shoe', 'scarf', 'gloves', 'socks', 'sunglasses', 'bag', "


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ("exposure: {brands: [{name: acme, colors: []}]}",
         ["exposure.brands[0].colors (shop.yaml:3): must list 1 or more, and lists none"]),
        ('exposure: {brands: [{name: acme, colors: ["#zz"], garment: toga}]}',
         ["exposure.brands[0].colors[0] = '#zz' (shop.yaml:3): must be a colour as in \"#c8102e\" " + QUOTES,
          f"exposure.brands[0].garment = 'toga' (shop.yaml:3): must be {ALL}'upper-body' or 'lower-body'"]),
        ("staff: {wears: [{coat: mauve}]}",
         [f"staff.wears[0].coat = 'mauve' (shop.yaml:3): must be {COLORS}"]),
    ],
)  # fmt: skip
def test_clothes_that_nobody_wears_are_refused_in_one_line_each(
    tmp_path: Path, given: str, problems: list[str]
) -> None:
    told = refused(tmp_path, f"analytics: {{{given}}}")
    assert told.splitlines() == [f"cameras[0].analytics.{problem}" for problem in problems]


def test_cameras_of_a_site_with_different_rules_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mall.yaml"
    file.write_text(
        "cameras:\n"
        "  - {source: a.mp4, analytics: {visitors: {site: mall}}}\n"
        "  - {source: b.mp4, analytics: {visitors: {site: airport, margin: 0.1}}}\n"
        "  - {source: c.mp4, analytics: {visitors: {site: mall, return_s: 60}}}\n"
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {}, {})
    assert str(caught.value).replace(f"{tmp_path}/", "") == (
        "cameras (mall.yaml:1): cameras[0] and cameras[2] are of the site mall and differ in analytics.visitors.return_s, 600 "
        "and 60; write it once, above the cameras, or the same for each"
    )
    file.write_text(file.read_text().replace("return_s: 60", "return_s: 600"))
    assert len(load_settings(file, {}, {}).cameras) == 3


def test_a_line_outside_the_picture_is_refused_once_its_size_is_known(tmp_path: Path) -> None:
    (one,) = load_settings(camera(tmp_path, line("[100, 200]", "[700, 200]")), {}, {}).cameras
    with pytest.raises(
        SettingsError,
        match=r"^lines\.door: the point \[700, 200\] is outside the picture, which is 640x360; ",
    ):
        floor_at(plan_of(one), 640, 360)
    assert floor_at(plan_of(one), 1280, 720).lines[0].end == (700, 200)


def test_fractions_become_pixels(tmp_path: Path) -> None:
    (one,) = load_settings(camera(tmp_path, LINE), {}, {}).cameras
    (door,) = floor_at(plan_of(one), 640, 360).lines
    assert (door.begin, door.end, door.inside) == ((128, 180), (512, 180), -1)


def test_a_calibrated_picture_tells_metres(tmp_path: Path) -> None:
    four = "calibration: {picture: [[100, 300], [500, 300], [400, 100], [200, 100]], metres: [[0, 0], [4, 0], [4, 8], [0, 8]]}"
    (one,) = load_settings(camera(tmp_path, four), {}, {}).cameras
    floor = floor_at(plan_of(one), 640, 360)
    assert floor.metres((100, 300)) == pytest.approx((0, 0), abs=1e-4)
    assert floor.metres((400, 100)) == pytest.approx((4, 8), abs=1e-4)
    # The sides meet in row -100: that is the horizon.
    assert floor.metres((300, -150)) is None


def test_a_line_along_an_edge_is_warned_of(tmp_path: Path) -> None:
    file = camera(tmp_path, line("[0.1, 0.98]", "[0.9, 0.97]"))
    (one,) = load_settings(file, {}, {}).cameras
    (warning,) = warnings_of(plan_of(one))
    assert warning.startswith("lines.door lies along the lower edge of the picture")
    (inside,) = load_settings(camera(tmp_path, LINE), {}, {}).cameras
    assert warnings_of(plan_of(inside)) == []


def test_check_config_warns_of_it_too(tmp_path: Path, footfall: Footfall) -> None:
    outcome = footfall("check-config", camera(tmp_path, line("[0.1, 0.98]", "[0.9, 0.97]")))
    assert outcome.code == 0
    assert outcome.err.startswith(
        "footfall: camera door: lines.door lies along the lower edge of the picture"
    )


def test_the_example_of_a_mall_holds_and_nothing_in_it_is_warned_of() -> None:
    settings = load_settings(Path(__file__).parents[3] / "examples" / "mall.yaml", environ={})
    entrance, promotion, tills = settings.cameras
    assert set(entrance.lines) == {"left-door", "right-door"}
    assert promotion.calibration is not None
    assert tills.zones["queue"].queue is not None
    assert [warning for camera in settings.cameras for warning in warnings_of(plan_of(camera))] == []


def test_pixels_beyond_the_pictures_of_a_recording_are_refused_before_a_run(
    tmp_path: Path, footfall: Footfall
) -> None:
    demo = Path(cli.demo.__file__).parent / "demo.mp4"
    file = tmp_path / "shop.yaml"
    text = "cameras:\n  - id: door\n    source: {source}\n    {line}\n"
    file.write_text(text.format(source=demo, line=line("[10, 100]", "[9000, 100]")))
    checked = footfall("check-config", str(file))
    assert checked.code == 2
    assert "lines.door: the point [9000, 100] is outside the picture" in checked.err
    file.write_text(text.format(source=demo, line=line("[10, 100]", "[300, 100]")))
    assert footfall("check-config", str(file)).code == 0
    file.write_text(text.format(source="gone.mp4", line=line("[10, 100]", "[9000, 100]")))
    assert footfall("check-config", str(file)).code == 0
