"""The encoder as it is run in use: one text at a time.

Nothing is padded then, so there is no mask; the sizes are numbers in the graph, and the three views of attention are
one product. The weights and the answers are those of the trained encoder, the graph has a third of its nodes.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from dragoman.classify.pieces import SOURCE, TARGET


class Slim(nn.Module):
    """A BERT encoder's states for one row of pieces: (1, n) numbers in, (1, n, width) out."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.heads: int = encoder.config.num_attention_heads
        self.width: int = encoder.config.hidden_size
        below = encoder.embeddings
        self.words = below.word_embeddings
        # every piece is of the first type
        self.places = nn.Parameter((below.position_embeddings.weight + below.token_type_embeddings.weight[0]).detach())
        self.norm = below.LayerNorm
        self.layers = nn.ModuleList(_Layer(layer, self.heads, self.width) for layer in encoder.encoder.layer)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        states = self.norm(self.words(ids) + self.places[: ids.shape[1]])
        for layer in self.layers:
            states = layer(states)
        return states


def joined(ids: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
    """What the answers are read from: the mean of all pieces, and of the marks before either side (zeros for none)."""
    parts = [states.mean(1)]
    for left, _ in (SOURCE, TARGET):
        here = (ids == left).unsqueeze(-1).to(states.dtype)
        parts.append((states * here).sum(1) / here.sum(1).clamp(min=1.0))
    return torch.cat(parts, dim=1)


class _Layer(nn.Module):
    def __init__(self, layer: Any, heads: int, width: int) -> None:
        super().__init__()
        self.heads, self.each = heads, width // heads
        views = layer.attention.self
        parts = (views.query, views.key, views.value)
        self.views = nn.Linear(width, 3 * width)
        self.views.weight = nn.Parameter(torch.cat([p.weight for p in parts]).detach())
        self.views.bias = nn.Parameter(torch.cat([p.bias for p in parts]).detach())
        self.joined, self.norm = layer.attention.output.dense, layer.attention.output.LayerNorm
        self.wide, self.narrow, self.last = layer.intermediate.dense, layer.output.dense, layer.output.LayerNorm

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        q, k, v = (part.reshape(1, -1, self.heads, self.each) for part in self.views(states).chunk(3, dim=-1))
        near = torch.softmax(q.permute(0, 2, 1, 3) @ k.permute(0, 2, 3, 1) * self.each**-0.5, dim=-1)
        seen = (near @ v.permute(0, 2, 1, 3)).permute(0, 2, 1, 3).reshape(1, -1, self.heads * self.each)
        states = self.norm(states + self.joined(seen))
        return self.last(states + self.narrow(nn.functional.gelu(self.wide(states))))
