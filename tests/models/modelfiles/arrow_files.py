# SPDX-License-Identifier: Apache-2.0
"""Writes Arrow's IPC, files and streams, sound or not (https://arrow.apache.org/docs/format/Columnar.html)."""
import struct

INT, UTF8, LIST, NULL = 2, 5, 12, 1
SCHEMA, DICTIONARY, BATCH = 1, 2, 3
CONTINUATION = struct.pack("<I", 0xFFFFFFFF)


class Table:
    """Of FlatBuffers (https://flatbuffers.dev/internals/). A field: None, (format, number), Table, a list of tables,
    Structs or text as bytes."""
    def __init__(self, *fields):
        self.fields = fields


class Structs:
    def __init__(self, layout, *items):
        self.count, self.bytes = len(items), b"".join(struct.pack(layout, *item) for item in items)


def flat(root):
    out = bytearray(4)
    struct.pack_into("<I", out, 0, put(out, root))
    return bytes(out) + bytes(-len(out) % 8)


def put(out, node):
    """What a node points to comes behind it."""
    out += bytes(-len(out) % 8)
    begin, later = len(out), []
    if isinstance(node, Table):
        sizes = [0 if field is None else struct.calcsize(field[0]) if isinstance(field, tuple) else 4 for field in node.fields]
        places = [4 + sum(sizes[:i]) if size else 0 for i, size in enumerate(sizes)]
        out += struct.pack(f"<{2 + len(places)}H", 4 + 2 * len(places), 4 + sum(sizes), *places)
        table = len(out)
        out += struct.pack("<i", table - begin)
        begin = table
        for field, place in zip(node.fields, places):
            if isinstance(field, tuple):
                out += struct.pack("<" + field[0], field[1])
            elif field is not None:
                later.append((table + place, field))
                out += bytes(4)
    elif isinstance(node, list):
        out += struct.pack("<I", len(node)) + bytes(4 * len(node))
        later = [(begin + 4 + 4 * i, one) for i, one in enumerate(node)]
    elif isinstance(node, Structs):
        out += struct.pack("<I", node.count) + node.bytes
    else:
        out += struct.pack("<I", len(node)) + node + b"\0"
    for place, one in later:
        struct.pack_into("<I", out, place, put(out, one) - place)
    return begin


def field(kind, *parameters, children=(), dictionary=None):
    encoding = None if dictionary is None else Table(("q", dictionary), Table(("i", 32), ("b", 1)))
    return Table(b"c", ("b", 1), ("b", kind), Table(*parameters), encoding, list(children))


def integer():
    return field(INT, ("i", 64), ("b", 1))


def text():
    return field(UTF8)


def schema(fields):
    return Table(None, list(fields))


def message(kind, header, body=b""):
    """With what is in front of it, and the body behind it."""
    inside = flat(Table(("h", 4), ("b", kind), header, ("q", len(body))))
    return CONTINUATION + struct.pack("<I", len(inside)) + inside, body


def batch(rows, nodes, buffers, codec=None):
    """`nodes`: a length and a number of nulls each. `buffers`: where each is, and how long."""
    return Table(("q", rows), Structs("<qq", *nodes), Structs("<qq", *buffers), None if codec is None else Table(("b", codec)))


def columns(*buffers):
    """A body, and where the buffers are in it."""
    body, places = b"", []
    for one in buffers:
        places.append((len(body), len(one)))
        body += one + bytes(-len(one) % 8)
    return body, places


def stream(fields, *messages):
    return b"".join(head + body for head, body in (message(SCHEMA, schema(fields)), *messages)) + CONTINUATION + bytes(4)


def file(fields, *batches, times=1):
    """`times`: how often the footer lists each batch."""
    out, blocks = b"ARROW1\0\0", []
    for head, body in (message(SCHEMA, schema(fields)), *batches):
        blocks.append((len(out), len(head), len(body)))
        out += head + body
    footer = flat(Table(("h", 4), schema(fields), Structs("<qi4xq"), Structs("<qi4xq", *blocks[1:] * times)))
    return out + CONTINUATION + bytes(4) + footer + struct.pack("<I", len(footer)) + b"ARROW1"


def numbers_and_texts(rows):
    """A batch of pairs."""
    texts = [one.encode() for _, one in rows]
    ends = [0]
    for one in texts:
        ends.append(ends[-1] + len(one))
    body, places = columns(b"", struct.pack(f"<{len(rows)}q", *(number for number, _ in rows)),
                           b"", struct.pack(f"<{len(ends)}i", *ends), b"".join(texts))
    return message(BATCH, batch(len(rows), [(len(rows), 0)] * 2, places), body)
