"""How the cores are shared where several pictures are worked on at a time."""

import cv2


def one_thread_each() -> None:
    """OpenCV works on a picture in the thread that calls it, from now on, in all of this process.

    Where each picture has a thread of its own, more of OpenCV's only wait for one another. Results are the same.
    """
    cv2.setNumThreads(1)
