"""Every pattern of the document compiles in Python's re, and texts are judged by it as the service judges them."""

import json
import re
import sys


def patterns(value):
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for member in value.values():
            yield from patterns(member)
    elif isinstance(value, list):
        for item in value:
            yield from patterns(item)


document = json.load(open(sys.argv[1], encoding="utf-8"))
compiled = {pattern: re.compile(pattern) for pattern in set(patterns(document))}
schemas = document["components"]["schemas"]
text = compiled[schemas["Instrument"]["properties"]["remarks"]["pattern"]]
line = compiled[schemas["Instrument"]["properties"]["manufacturer"]["pattern"]]
for good in ["说明", "two\r\nlines", "a\tb", "\u3000缩进"]:
    assert text.search(good), good
for bad in ["\x85", "a\x00", "\u200b", " \n", "a\u202eb", "\ufffe"]:
    assert not text.search(bad) and not line.search(bad), ascii(bad)
for good in ["Thermo Fisher Scientific, Inc.", "上海　仪器", "𠮷野"]:
    assert line.search(good), good
for bad in ["a\tb", " a", "a\u00a0b", "a\u200bb", "\u3164"]:
    assert not line.search(bad), ascii(bad)
print(f"{len(compiled)} patterns")
