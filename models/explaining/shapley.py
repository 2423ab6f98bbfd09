"""Exact Shapley values of trees, where the players are a model's inputs and not its features.

An input that is not in a coalition sends a row to both sides of a split, in the shares in which training's rows went
there (the cover that Spark saves). A leaf is then worth its value times the product, over the inputs that its path
asks, of 1 or 0 (in the coalition: does the row go that way?) or of the shares (not in it). The Shapley value of such a
product is an integral over [0, 1] of a polynomial, which a few points of Gauss and Legendre give without an error.

Source: Lundberg, Erion, Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018 (the game);
Owen, "Multilinear Extensions of Games", 1972 (the integral).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from models.errors import ScorerError
from models.scorer.saved import Floats, SavedStage
from models.scorer.trees import Forest
from models.scorer.vectors import Ints

_LEAVES_AT_A_TIME = 4096


def read_covers(stage: SavedStage) -> Ints:
    """How many of training's rows reached each node, in the order of :func:`read_forest`. Raises: ScorerError H231."""
    table = stage.data()
    is_ensemble = "treeID" in table.column_names
    nodes = table["nodeData"].combine_chunks() if is_ensemble else table.to_struct_array().combine_chunks()
    trees = table["treeID"].to_numpy() if is_ensemble else np.zeros(len(nodes), dtype=np.int64)
    order = np.lexsort((nodes.field("id").to_numpy(), trees))
    covers = np.asarray(nodes.field("rawCount").take(pa.array(order)), dtype=np.int64)
    if (covers < 1).any():
        raise ScorerError("H231", f"stage {stage.uid}: a node of its trees was reached by no row")
    return covers


@dataclass(frozen=True)
class _Leaf:
    """A leaf's node, and for each player on its path the share of rows that go its way and the splits that decide."""

    node: int
    shares: dict[int, float]
    splits: dict[int, list[tuple[int, bool]]]


class TreeGame:
    """The trees of one model as a game of players. ``values`` are the leaves', (nodes, outputs), weights included."""

    def __init__(
        self,
        scale: Literal["probability", "margin", "value"],
        forest: Forest,
        covers: Ints,
        values: Floats,
        players: Ints,
        count: int,
    ) -> None:
        """``players`` has the player of each feature, ``count`` is how many players there are."""
        self.scale = scale
        leaves = [leaf for root in forest.roots.tolist() for leaf in _leaves(forest, covers, players, root)]
        longest = max(1, *(len(leaf.shares) for leaf in leaves))
        self._forest, self._count = forest, count
        self._values = values[[leaf.node for leaf in leaves]]
        # Short paths are filled up with players that change nothing: the others' values are the same with them.
        self._shares = np.ones((len(leaves), longest))
        self._players = np.zeros((len(leaves), longest), dtype=np.int64)
        places, nodes, lefts = [], [], []
        for row, leaf in enumerate(leaves):
            for column, (player, share) in enumerate(leaf.shares.items()):
                self._shares[row, column], self._players[row, column] = share, player
                for node, goes_left in leaf.splits[player]:
                    places.append(row * longest + column)
                    nodes.append(node)
                    lefts.append(goes_left)
        self._places, self._nodes = np.asarray(places, dtype=np.int64), np.asarray(nodes, dtype=np.int64)
        self._lefts = np.asarray(lefts, dtype=bool)
        points, weights = np.polynomial.legendre.leggauss((longest + 1) // 2)
        self._points = list(zip(((points + 1) / 2).tolist(), (weights / 2).tolist(), strict=True))
        self.base: Floats = self._values.T @ self._shares.prod(axis=1)

    def contributions(self, features: Floats) -> Floats:
        """What each player adds to each output for one row. Shape: (features,) in, (players, outputs) out."""
        follows = np.ones(self._shares.size)
        goes_left = self._forest.goes_left_at(self._nodes, features[self._forest.feature[self._nodes]])
        follows[self._places[goes_left != self._lefts]] = 0.0
        followed = follows.reshape(self._shares.shape)
        found = np.zeros((self._count, self._values.shape[1]))
        for start in range(0, len(self._shares), _LEAVES_AT_A_TIME):
            part = slice(start, start + _LEAVES_AT_A_TIME)
            found += self._part(followed[part], part)
        return found

    def _part(self, follows: Floats, part: slice) -> Floats:
        shares, players = self._shares[part], self._players[part].ravel()
        integral = np.zeros(shares.shape)
        for point, weight in self._points:
            factors = shares + point * (follows - shares)  # above 0, since a share and a point are
            integral += weight * factors.prod(axis=1, keepdims=True) / factors
        amounts = (follows - shares) * integral
        outputs = [
            np.bincount(players, (amounts * values[:, None]).ravel(), self._count) for values in self._values[part].T
        ]
        return np.stack(outputs, axis=1)


def _leaves(forest: Forest, covers: Ints, players: Ints, root: int) -> Iterator[_Leaf]:
    open_nodes: list[_Leaf] = [_Leaf(root, {}, {})]
    while open_nodes:
        here = open_nodes.pop()
        left, right = int(forest.left[here.node]), int(forest.right[here.node])
        if left == here.node:
            yield here
            continue
        player = int(players[forest.feature[here.node]])
        for child, goes_left in ((left, True), (right, False)):
            share = float(covers[child] / (covers[left] + covers[right]))
            open_nodes.append(
                _Leaf(
                    child,
                    {**here.shares, player: here.shares.get(player, 1.0) * share},
                    {**here.splits, player: [*here.splits.get(player, ()), (here.node, goes_left)]},
                )
            )
