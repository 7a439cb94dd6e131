# SPDX-License-Identifier: Apache-2.0
"""A small transformer trained on the spot on this machine's documentation, and what people do with such a model."""
import pathlib

import numpy
import torch

WIDTH, LAYERS, HEADS, VOCABULARY, CONTEXT, BATCH = 256, 4, 4, 256, 64, 8
STEPS = 240
ADDED_WORDS = 32
TEXTS = {"licences": "/usr/share/common-licenses", "python": "/usr/lib/python3"}


def text_of(name):
    """About a megabyte of bytes below a folder, always the same on one machine."""
    files = sorted(path for path in pathlib.Path(TEXTS[name]).rglob("*") if path.is_file() and path.suffix in ("", ".py"))
    data = bytearray()
    for path in files:
        data += path.read_bytes()
        if len(data) > 1 << 20:
            break
    return torch.tensor(numpy.frombuffer(bytes(data), dtype=numpy.uint8).astype(numpy.int64))


class Transformer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCABULARY, WIDTH)
        self.position = torch.nn.Embedding(CONTEXT, WIDTH)
        self.layers = torch.nn.ModuleList(
            torch.nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, dropout=0.0, batch_first=True, norm_first=True)
            for _ in range(LAYERS))
        self.head = torch.nn.Linear(WIDTH, VOCABULARY)
        self.mask = torch.triu(torch.full((CONTEXT, CONTEXT), float("-inf")), diagonal=1)

    def forward(self, tokens):
        state = self.embedding(tokens) + self.position(torch.arange(CONTEXT))
        for layer in self.layers:
            state = layer(state, self.mask)
        return self.head(state)


def train(model, text, steps, seed, parameters=None, rate=1e-3):
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(parameters or model.parameters(), lr=rate)
    for _ in range(steps):
        at = torch.randint(0, len(text) - CONTEXT - 1, (BATCH,), generator=generator)
        batch = torch.stack([text[i:i + CONTEXT + 1] for i in at])
        loss = torch.nn.functional.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return float(loss)


def weights_of(model):
    return {name: value.detach().numpy().astype(numpy.float32).copy() for name, value in model.state_dict().items()}


def new_model(seed):
    """Small initial values, as language models have: after a short training most of a weight is what was learned."""
    torch.manual_seed(seed)
    model = Transformer()
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, 0, 0.02)
    return model


def loaded(weights):
    model = new_model(0)
    model.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return model


def with_adapter(weights, text, rank=8):
    """Low-rank adapters of every feed-forward matrix, trained alone and then merged."""
    model = loaded(weights)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    adapters = []

    class Merged(torch.nn.Module):
        def __init__(self, shape):
            super().__init__()
            self.down = torch.nn.Parameter(torch.randn(rank, shape[1]) * 0.02)
            self.up = torch.nn.Parameter(torch.zeros(shape[0], rank))

        def forward(self, weight):
            return weight + self.up @ self.down

    for layer in model.layers:
        for linear in (layer.linear1, layer.linear2):
            adapter = Merged(linear.weight.shape)
            torch.nn.utils.parametrize.register_parametrization(linear, "weight", adapter)
            adapters += list(adapter.parameters())
    train(model, text, STEPS // 4, 5, adapters, rate=3e-3)
    for layer in model.layers:
        for linear in (layer.linear1, layer.linear2):
            torch.nn.utils.parametrize.remove_parametrizations(linear, "weight")
    return weights_of(model)


def with_more_words(weights):
    """Rows for new words at the end of the vocabulary, initialised as usual to the mean and a little noise."""
    random, more = numpy.random.default_rng(6), dict(weights)
    for name in ("embedding.weight", "head.weight"):
        old = weights[name]
        new = old.mean(axis=0) + random.normal(0, 0.02, (ADDED_WORDS, old.shape[1]))
        more[name] = numpy.vstack([old, new]).astype(numpy.float32)
    more["head.bias"] = numpy.concatenate([weights["head.bias"], numpy.zeros(ADDED_WORDS, numpy.float32)])
    return more


def make(folder):
    """{name: weights}: "model", what was made of it, and two that only resemble it. Trained once and kept."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["model", "mid-training checkpoint", "fine-tune", "LoRA merge", "vocabulary extension", "independent", "same seed"]
    if not all((folder / f"{name}.npz").exists() for name in names):
        torch.set_num_threads(1)  # of a machine that others use too; two are hardly faster
        licences, python = text_of("licences"), text_of("python")
        made, model = {}, new_model(1)
        train(model, licences, STEPS // 2, 1)
        made["mid-training checkpoint"] = weights_of(model)
        train(model, licences, STEPS // 2, 2)
        made["model"] = weights_of(model)
        tuned = loaded(made["model"])
        train(tuned, python, STEPS // 4, 3, rate=3e-4)
        made["fine-tune"] = weights_of(tuned)
        made["LoRA merge"] = with_adapter(made["model"], python)
        made["vocabulary extension"] = with_more_words(made["model"])
        for name, seed, text in (("independent", 2, licences), ("same seed", 1, python)):
            model = new_model(seed)
            train(model, text, STEPS, 4)
            made[name] = weights_of(model)
        for name, weights in made.items():
            numpy.savez(folder / f"{name}.npz", **weights)
    return {name: dict(numpy.load(folder / f"{name}.npz")) for name in names}
