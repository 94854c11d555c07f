"""All boards, as the files that Grafana reads."""

from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from monitoring.boards import cameras, clothing, places, service, spool, trust, visitors

FOLDER = Path(__file__).parents[1] / "grafana" / "boards"
"""Where they are kept."""

_BOARDS = {
    "cameras.json": cameras.board,
    "service.json": service.board,
    "spool.json": spool.board,
    "trust.json": trust.board,
    "visitors.json": visitors.board,
    "clothing.json": clothing.board,
    "places.json": places.board,
}


def texts() -> Mapping[str, str]:
    """The text of each file by its name."""
    encoder = JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False)
    return {name: encoder.encode(board().build()) + "\n" for name, board in _BOARDS.items()}
