"""`make evaluation-frames`: frames of the demo film with the truth of every pixel; nothing is trained on it."""

import argparse
import shutil
from pathlib import Path

from training.frames import LabelledFrame, write_frame
from training.scenes.demo_clip import film


def main() -> None:
    """Render."""
    parser = argparse.ArgumentParser(description="Render frames of the demo film with their labels")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=10, help="so manieth frame of the film")
    chosen = parser.parse_args()
    scene, part = film(), chosen.out.with_name(chosen.out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for index in range(0, scene.frames, chosen.every):
        drawn = scene.frame(index).rendering
        frame = LabelledFrame(f"{index:06d}", drawn.image, drawn.labels, drawn.person_ids)
        write_frame(part, frame)
    shutil.rmtree(chosen.out, ignore_errors=True)
    part.rename(chosen.out)  # so that what is there is whole
    print(f"{len(range(0, scene.frames, chosen.every))} frames in {chosen.out}")


if __name__ == "__main__":
    main()
