"""The network of `numpy_mlp.py` in torch, to compare with: its gradients by autograd, its step by
torch.optim.SGD."""

import numpy as np

from lm_core.foundations.numpy_mlp import MLP

Pairs = list[tuple[np.ndarray, np.ndarray]]  # of each layer: of its weights, of its biases


def by_torch(model: MLP, x: np.ndarray, y: np.ndarray) -> tuple[Pairs, Pairs]:
    """The gradients of the mean loss of these examples, and the parameters after one step."""
    import torch
    from torch import nn

    kinds = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
    layers: list[nn.Module] = []
    for W, b in zip(model.weights, model.biases, strict=True):
        linear = nn.Linear(*W.shape).double()
        linear.weight.data = torch.from_numpy(W.T.copy())  # torch keeps (out, in)
        linear.bias.data = torch.from_numpy(b.copy())
        layers += [linear, kinds[model.settings.activation]()]
    network = nn.Sequential(*layers[:-1])  # nothing after the last: the loss takes logits
    optimizer = torch.optim.SGD(network.parameters(), lr=model.settings.lr)
    logits = network(torch.as_tensor(x, dtype=torch.float64))  # (B, K)
    nn.functional.cross_entropy(logits, torch.as_tensor(y, dtype=torch.int64)).backward()
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    gradients = [(one.weight.grad.T.numpy().copy(), one.bias.grad.numpy().copy()) for one in linear]
    optimizer.step()
    after = [(one.weight.detach().T.numpy(), one.bias.detach().numpy()) for one in linear]
    return gradients, after


def nudged(
    model: MLP, x: np.ndarray, y: np.ndarray, layer: int, i: int, j: int, by: float = 1e-5
) -> float:
    """The gradient of one weight, measured: the loss a little above and a little below it, their
    difference divided by how far apart these are. The model is left as it was."""
    W = model.weights[layer]
    kept, losses = W[i, j], []
    for side in (by, -by):
        W[i, j] = kept + side
        losses.append(model.loss(x, y))
    W[i, j] = kept
    return (losses[0] - losses[1]) / (2 * by)
