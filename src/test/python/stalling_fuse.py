"""A file system that stalls: ``python3 stalling_fuse.py <mount point>``. Linux only, and root only.

It speaks just enough of the kernel's protocol (linux/fuse.h) to be mounted, and then takes every request and answers
none. Whoever asks for a file below it sleeps uninterruptibly, deaf to SIGKILL too, until this process ends: then the
kernel ends the connection, and all requests with ENOTCONN. It ends with its stdin.
"""
import ctypes
import os
import select
import struct
import sys

_IN = struct.Struct("<IIQQIIII")  # fuse_in_header
_OUT = struct.Struct("<IiQ")  # fuse_out_header
_INIT = 26
_INIT_OUT = struct.Struct("<IIIIHHIIHHI28x")  # fuse_init_out of 7.23 and later
_DETACH = 2  # MNT_DETACH


def _mount(libc, device, where):
    options = "fd=%d,rootmode=40000,user_id=%d,group_id=%d" % (device, os.getuid(), os.getgid())
    if libc.mount(b"stalling", where.encode(), b"fuse", 0, options.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _serve(device):
    while True:
        ready, _, _ = select.select([device, 0], [], [])
        if 0 in ready:
            return
        request = os.read(device, 1 << 20)
        _, opcode, unique, _, _, _, pid, _ = _IN.unpack_from(request)
        if opcode == _INIT:
            _, _, ahead = struct.unpack_from("<III", request, _IN.size)
            body = _INIT_OUT.pack(7, 31, ahead, 0, 1, 1, 1 << 16, 1, 1, 0, 0)
            os.write(device, _OUT.pack(_OUT.size + len(body), 0, unique) + body)
            print("ready", flush=True)
        else:
            print(pid, flush=True)  # who asks, and sleeps from now on


def main(where):
    libc = ctypes.CDLL(None, use_errno=True)
    device = os.open("/dev/fuse", os.O_RDWR)
    _mount(libc, device, where)
    try:
        _serve(device)
    finally:
        libc.umount2(where.encode(), _DETACH)


if __name__ == "__main__":
    main(sys.argv[1])
