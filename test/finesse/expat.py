"""Reads one document per line, in base64, with expat. Answers each with a line of JSON: null, or [name, content]."""
import base64
import json
import re
import sys
from xml.parsers.expat import ExpatError, ParserCreate


class Refused(Exception):
    pass


def refuse(*_):
    raise Refused


def declaration(version, *_):
    # expat accepts any version. XML 1.0 requires 1, a dot and a number (production 26).
    if not re.fullmatch(r"1\.[0-9]+", version):
        raise Refused


def read(document):
    top = ["", []]
    opened = [top]
    parser = ParserCreate()

    def start(name, _attributes):
        element = [name, []]
        opened[-1][1].append(element)
        opened.append(element)

    parser.XmlDeclHandler = declaration
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: opened.pop()
    parser.CharacterDataHandler = lambda text: opened[-1][1].append(text)
    try:
        parser.Parse(document, True)
    except (ExpatError, Refused, LookupError, ValueError):
        return None
    return top[1][0]


for line in sys.stdin:
    print(json.dumps(read(base64.b64decode(line))), flush=True)
