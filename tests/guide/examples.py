"""The examples of docs/guide-api.md: requests in ```http blocks, with what must be seen of their answers in the ```json block that follows."""
import json
import re
from dataclasses import dataclass, field

BLOCK = re.compile(r"^```(http|json)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\$(\w+)")


@dataclass
class Example:
    line: int                 # of the guide, for whoever mends it
    method: str
    target: str
    headers: dict
    body: str
    status: int = None        # what it must be; None: success
    until: str = None         # asked again until this holds: "field=value", or "list" for one that is not empty
    stream: str = None        # the event that must come
    answer: dict = field(default=None)


def read(text):
    examples = []
    for block in BLOCK.finditer(text):
        kind, words, inside = block.group(1), block.group(2).split(), block.group(3)
        if kind == "json":
            if not examples or examples[-1].answer is not None:
                raise ValueError(f"an answer without a request: {inside[:60]}")
            examples[-1].answer = json.loads(inside)
            continue
        head, _, body = inside.partition("\n\n")
        first, *lines = head.strip().split("\n")
        method, target = first.split(" ")
        one = Example(text.count("\n", 0, block.start()) + 1, method, target, dict(line.split(": ", 1) for line in lines), body.strip("\n"))
        if words[:1] == ["until"]:
            one.until = words[1]
        elif words[:1] == ["stream"]:
            one.stream = words[1]
        elif words:
            one.status = int(words[0])
        examples.append(one)
    return examples


def filled(text, names):
    """`$name` replaced by what is known by that name."""
    def value(found):
        if found.group(1) not in names:
            raise KeyError(f"the guide uses ${found.group(1)} before an answer had it")
        return str(names[found.group(1)])
    return NAME.sub(value, text)


def differences(shown, got, names, where=""):
    """What of `shown` is not in `got`. A `$name` that is not known yet takes the value that stands there; numbers keep their type."""
    if isinstance(shown, dict):
        if not isinstance(got, dict):
            return [f"{where or 'the answer'} is no object but {got!r}"]
        out = []
        for name, value in shown.items():
            out += differences(value, got[name], names, f"{where}.{name}") if name in got else [f"{where}.{name} is missing"]
        return out
    if isinstance(shown, list):
        if not isinstance(got, list):
            return [f"{where} is no list but {got!r}"]
        out = []
        for number, element in enumerate(shown):
            tries = [(dict(names), candidate) for candidate in got]
            fitting = next((tried for tried, candidate in tries if not differences(element, candidate, tried)), None)
            if fitting is None:
                out.append(f"{where}[{number}]: nothing among {len(got)} fits {element}")
            else:
                names.update(fitting)
        return out
    if isinstance(shown, str) and (named := NAME.fullmatch(shown)):
        if named.group(1) not in names:
            if got is None:
                return [f"{where} is null"]
            names[named.group(1)] = got
            return []
        shown = names[named.group(1)]
    return [] if shown == got else [f"{where} is {got!r}, not {shown!r}"]


def holds(until, answer):
    name, _, value = until.partition("=")
    return str(answer.get(name)) == value if value else bool(answer.get(name))
