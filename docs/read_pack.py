#!/usr/bin/env python3
"""Read a pack of variorum with Python and a zstd binding alone: no variorum, no database. See pack-format.md.

    python3 read_pack.py packs/00000001.pack > records.warc        all records, as they stood in their WARC files
    python3 read_pack.py packs/00000001.pack 4711 > records.warc   those of the frame that begins at offset 4711
    python3 read_pack.py packs/00000001.pack --list                where frames lie, and what they rest on

Other packs that are named as bases must lie in the same folder. Every frame is checked against its SHA-256; exit code 1
and a line on standard error for each that is not what was packed.
"""

import base64
import hashlib
import re
import sys
import uuid
import zlib
from pathlib import Path

try:
    from compression import zstd  # Python 3.14
except ImportError:
    from backports import zstd  # pip install backports.zstd

MAGIC = (0x184D2A56).to_bytes(4, "little")


def number_at(data, at):
    """An unsigned LEB128 number, and where it ends."""
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at


def numbers_at(data, at, count):
    found = []
    for _ in range(count):
        number, at = number_at(data, at)
        found.append(number)
    return found, at


class Frame:
    """The frame at an offset of a pack; `data` is its zstd frame."""

    def __init__(self, path, offset):
        with path.open("rb") as file:
            file.seek(offset)
            start = file.read(8)
            if start[:4] != MAGIC:
                raise ValueError("no frame begins here")
            head = file.read(int.from_bytes(start[4:], "little"))
            self.kind, self.base, self.data = chr(head[0]), None, b""
            if self.kind != "H":
                (_patches, pack), at = numbers_at(head, 1, 2)
                if pack:
                    base_offset, at = number_at(head, at)
                    self.base = (path.with_name(f"{pack:08d}.pack"), base_offset)
                (stored, self.recipe_length), at = numbers_at(head, at, 2)
                self.sha256, self.data = head[at:], file.read(stored)
        self.end = offset + 8 + len(head) + len(self.data)

    def held(self):
        base = zstd.ZstdDict(Frame(*self.base).held(), is_raw=True).as_prefix if self.base else None
        return zstd.decompress(self.data, zstd_dict=base)

    def records(self):
        held = self.held()
        at = len(held) - self.recipe_length
        records = made(held[:at], held[at:])
        if hashlib.sha256(records).digest() != self.sha256:
            raise ValueError("not what was packed, or this zlib is another than the packer's")
        return records


def made(content, recipe):
    """Make records of a content: lay gzip and chunk framing on the body again, fill in what heads are without."""
    at = start = length = 0
    body = ids = None
    while at < len(recipe):
        layer, at = chr(recipe[at]), at + 1
        if layer == "b":
            (start, length), at = numbers_at(recipe, at, 2)
            body = content[start : start + length]
        elif layer == "g":
            coded, at = recipe[at : at + 10], at + 10
            (level, window, memory, mode, count), at = numbers_at(recipe, at, 5)
            steps, at = numbers_at(recipe, at, count)
            encoder, done = zlib.compressobj(level, zlib.DEFLATED, -window, memory), 0
            for step in steps:
                coded += encoder.compress(body[done : done + step]) + encoder.flush(mode)
                done += step
            coded += encoder.compress(body[done:]) + encoder.flush()
            body = coded + zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
        elif layer == "c":
            count, at = number_at(recipe, at)
            sizes, at = numbers_at(recipe, at, count)
            parts, done = [], 0
            for size in sizes:
                parts.append(b"%x\r\n" % size + body[done : done + size] + b"\r\n")
                done += size
            body = b"".join(parts) + b"0\r\n\r\n"
        elif layer == "i":
            count, at = number_at(recipe, at)
            ids = [str(uuid.UUID(bytes=recipe[at + 16 * n : at + 16 * n + 16])).encode() for n in range(count)]
            at += 16 * count
        else:
            raise ValueError(f"unknown layer {layer!r}")
    data = content if body is None else content[:start] + body + content[start + length :]
    return data if ids is None else filled(data, ids)


def filled(data, ids):
    """Put ids and digests into the heads of WARC records."""
    parts, at, left = [], 0, iter(ids)
    while at < len(data):
        begin, at = at, data.index(b"\r\n\r\n", at) + 4
        head = data[begin:at]
        block = data[at : at + int(re.search(rb"\r\nContent-Length: (\d+)\r\n", head)[1])]
        head = re.sub(rb"(?<=<urn:uuid:)(\d*)(?=>)", lambda hole: ids[int(hole[1])] if hole[1] else next(left), head)
        empty_line = re.search(rb"\r?\n\r?\n", block)
        payload = block[empty_line.end() :] if empty_line else b""
        for name, covered in ((b"WARC-Payload-Digest: sha1:", payload), (b"WARC-Block-Digest: sha1:", block)):
            digest = base64.b32encode(hashlib.sha1(covered).digest())
            head = head.replace(name + b"\r\n", name + digest + b"\r\n")
        parts += [head, block, b"\r\n\r\n"]
        at += len(block) + 4
    return b"".join(parts)


def main(path, offset=None, *, listing=False):
    at, wrong = offset or 0, 0
    while at < path.stat().st_size:
        frame = Frame(path, at)
        try:
            if listing:
                print(at, frame.kind, f"{frame.base[0].name} {frame.base[1]}" if frame.base else "-", len(frame.data))
            elif frame.kind == "R":
                sys.stdout.buffer.write(frame.records())
        except (ValueError, OSError, IndexError, zstd.ZstdError) as error:
            wrong += 1
            print(f"{path} at {at}: {error}", file=sys.stderr)
        if offset is not None:
            break
        at = frame.end
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    option = sys.argv[2] if len(sys.argv) == 3 else None
    listing = option == "--list"
    raise SystemExit(main(Path(sys.argv[1]), int(option) if option and not listing else None, listing=listing))
