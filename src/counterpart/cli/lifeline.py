"""Children end with the process that started them, also when that one is killed without a word."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(expected_parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends.

    SIGKILL on purpose: the parent is gone, nobody is left to wait, and every commit is durable already.
    The parent may have died before the request: then this process belongs to someone else, and leaves.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != expected_parent:
        sys.exit(0)
