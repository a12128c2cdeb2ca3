"""Runs the command's console script over and over, each time in a process of its own.

A command that writes spends most of its time importing. This program imports everything once
and forks for each command; what the child then runs is the installed script, unchanged. It
reads one request a line and answers each with one number: the process that was started, or
the exit code of the one that was waited for.
"""

import ctypes
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import struct
import sys
import termios
import traceback

# Alembic runs the one, and only while it migrates; the other is the command itself.
_NOT_ALONE = ("workflow.migrations.env", "approvals.__main__")


def import_everything() -> None:
    for package in ("workflow", "approvals"):
        folder = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(folder, f"{package}."):
            if module.name not in _NOT_ALONE:
                importlib.import_module(module.name)
    importlib.import_module("alembic.command")


def become(request: dict) -> None:
    """Give this process the folder, environment and streams of the command, or its terminal."""
    signal.alarm(request["patience"])
    # A build that runs in the background hands its children Ctrl-C as something to ignore.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    if terminal := request.get("terminal"):
        os.setsid()
        fcntl.ioctl(take(0, terminal, os.O_RDWR), termios.TIOCSCTTY, 0)
        os.dup2(0, 1)
        os.dup2(0, 2)
    else:
        take(0, request["in"], os.O_RDONLY)
        take(1, request["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        take(2, request["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    sys.stdin = os.fdopen(0)
    if request["bound"]:
        # Without its capabilities, even root's process is held to what files permit.
        ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))


def take(number: int, path: str, flags: int) -> int:
    """Let the stream *number* be the file at *path*."""
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)
    return number


def run(script: str, words: list[str]) -> int:
    """Run the script as the interpreter would, but leave without taking everything apart."""
    sys.argv = [script, *words]
    code: object = 0
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as leaving:
        code = leaving.code
    except BaseException:  # noqa: BLE001 - told as the interpreter tells it
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


def answer(script: str, request: dict) -> int:
    if "wait" in request:
        return os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
    child = os.fork()
    if not child:
        become(request)
        os._exit(run(script, request["words"]))
    return child


def main(script: str) -> None:
    import_everything()
    gc.freeze()
    for line in sys.stdin:
        print(answer(script, json.loads(line)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
