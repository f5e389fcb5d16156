"""Looks for planted texts in bytes, however they may have been written down: as they are (any case), in UTF-16, in hex,
in base64 at each of its three alignments. Compressed or encrypted text is not found, nor is it meant to be."""
import base64
import re
from pathlib import Path


def _base64_forms(content):
    """What of the base64 of `content` is the same whatever stands before and after it."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + content).rstrip(b"=")
        first = (before * 8 + 5) // 6
        last = (before + len(content)) * 8 // 6
        inner = text[first:last]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def needles(marker):
    """(form, bytes) pairs; forms named "any case" are to be sought in lower-cased bytes."""
    found = set()
    for written in {marker, marker.lower(), marker.upper()}:
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            content = written.encode(coding)
            found.add((f"{coding}, any case", content.lower()))
            found.add((f"hex of {coding}, any case", content.hex().encode()))
            for text in _base64_forms(content):
                found.add((f"base64 of {coding}", text))
    return sorted(found)


def in_a_hash(content, position, length):
    """Nine digits in a row occur by chance in the hexadecimal of hashes: does this stand in a run of 32 or more?"""
    before = re.search(rb"[0-9a-f]*\Z", content[max(0, position - 64):position])[0]
    after = re.match(rb"[0-9a-f]*", content[position + length:position + length + 64])[0]
    return len(before) + length + len(after) >= 32


def find(content, needle, may_be_chance):
    position = content.find(needle)
    while position >= 0 and may_be_chance and in_a_hash(content, position, len(needle)):
        position = content.find(needle, position + 1)
    return position


def search(content, markers):
    """[(marker, form, position)] of everything found."""
    lowered = content.lower()
    hits = []
    for marker in markers:
        for form, needle in needles(marker):
            sought = lowered if form.endswith("any case") else content
            position = find(sought, needle, may_be_chance=needle.isdigit() and form.startswith("utf-8"))
            if position >= 0:
                hits.append((marker, form, position))
    return hits


def search_files(folder, markers, leave_out=()):
    """The same for every file below a folder: ["path: marker in form at position"]; and how many files and bytes it read."""
    said, files, size = [], 0, 0
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file() or any(path.is_relative_to(other) for other in leave_out):
            continue
        content = path.read_bytes()
        files, size = files + 1, size + len(content)
        said += [f"{path}: '{marker}' as {form} at {position}" for marker, form, position in search(content, markers)]
        said += [f"{path}: '{marker}' in the name" for marker in markers if marker.lower() in path.name.lower()]
    return said, files, size
