"""Writes `monitoring/grafana/boards`: `python -m monitoring.boards`."""

from monitoring.boards.every import FOLDER, texts

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
