# SPDX-License-Identifier: Apache-2.0
"""What programs and people do to the layout of a transformer, and leaves what it computes as it is."""
import numpy

from trained import CONTEXT, HEADS, LAYERS, WIDTH, loaded

FUSED, OUT, UP, DOWN = "self_attn.in_proj_weight", "self_attn.out_proj.weight", "linear1.weight", "linear2.weight"


def layer(number, name):
    return f"layers.{number}.{name}"


def with_hidden_neurons_permuted(weights, random):
    """Of each feed-forward: the rows of one matrix and the columns of the next."""
    changed = dict(weights)
    for number in range(LAYERS):
        order = random.permutation(4 * WIDTH)
        changed[layer(number, UP)] = weights[layer(number, UP)][order]
        changed[layer(number, "linear1.bias")] = weights[layer(number, "linear1.bias")][order]
        changed[layer(number, DOWN)] = weights[layer(number, DOWN)][:, order]
    return changed


def with_all_neurons_permuted(weights, random):
    """Also what runs between the layers, and the values inside each head."""
    changed = with_hidden_neurons_permuted(weights, random)
    order = random.permutation(WIDTH)
    for name, array in changed.items():
        if name.startswith(("embedding.", "position.", "head.weight")) or name.endswith((FUSED, UP)):
            changed[name] = array[:, order]
        elif "norm" in name or name.endswith(("out_proj.bias", "linear2.bias", OUT, DOWN)):
            changed[name] = array[order]
    for number in range(LAYERS):
        values = numpy.concatenate([head * (WIDTH // HEADS) + random.permutation(WIDTH // HEADS) for head in range(HEADS)])
        rows = numpy.concatenate([numpy.arange(2 * WIDTH), 2 * WIDTH + values])
        changed[layer(number, FUSED)] = changed[layer(number, FUSED)][rows]
        changed[layer(number, "self_attn.in_proj_bias")] = changed[layer(number, "self_attn.in_proj_bias")][rows]
        changed[layer(number, OUT)] = changed[layer(number, OUT)][:, values]
    return changed


def computes_the_same(weights, changed):
    import torch
    tokens = torch.arange(CONTEXT).reshape(1, CONTEXT)
    with torch.no_grad():
        return torch.allclose(loaded(weights)(tokens), loaded(changed)(tokens), atol=1e-4)


def with_rotary_pairs_apart(weights, _):
    """Rows of queries and keys as llama.cpp's converter orders them: the halves of each head in turn."""
    changed = dict(weights)
    for number in range(LAYERS):
        queries, keys, values = numpy.split(weights[layer(number, FUSED)], 3)
        def turned(matrix):
            return matrix.reshape(HEADS, 2, -1, WIDTH).swapaxes(1, 2).reshape(WIDTH, WIDTH)
        changed[layer(number, FUSED)] = numpy.concatenate([turned(queries), turned(keys), values])
    return changed


def split_apart(weights, _):
    """Queries, keys and values each for itself."""
    changed = dict(weights)
    for number in range(LAYERS):
        fused = changed.pop(layer(number, FUSED))
        changed |= {layer(number, part): matrix for part, matrix in zip("qkv", numpy.split(fused, 3))}
    return changed


def stacked(weights, _):
    """One tensor for all layers, as JAX's scans keep them."""
    changed = {name: array for name, array in weights.items() if not name.startswith("layers.")}
    for name in {name.split(".", 2)[2] for name in weights if name.startswith("layers.")}:
        changed[f"layers.{name}"] = numpy.stack([weights[layer(number, name)] for number in range(LAYERS)])
    return changed


def half_of_the_layers(weights, _):
    return {name: array for name, array in weights.items()
            if not name.startswith("layers.") or int(name.split(".")[1]) < LAYERS // 2}


def share_of_a_card(card, cards=2):
    """What one of the cards holds that share each matrix: rows where outputs are shared, columns where inputs are."""
    def share(weights, _):
        def part(name, array):
            if name.endswith(FUSED):
                return numpy.concatenate([numpy.split(matrix, cards)[card] for matrix in numpy.split(array, 3)])
            if name.endswith((UP, "embedding.weight", "head.weight")):
                return numpy.split(array, cards)[card]
            if name.endswith((OUT, DOWN)):
                return numpy.split(array, cards, axis=1)[card]
            return array
        return {name: numpy.ascontiguousarray(part(name, array)) for name, array in weights.items()}
    return share


UNCHANGED_NETWORKS = {"neurons of the feed-forward permuted": with_hidden_neurons_permuted,
                      "all neurons permuted": with_all_neurons_permuted}
LAYOUTS = {"queries and keys permuted": with_rotary_pairs_apart, "queries, keys and values apart": split_apart,
           "layers stacked": stacked, "half of the layers": half_of_the_layers}
