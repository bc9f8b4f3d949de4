"""The certificate sees what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from paleobc.remapping.conservation import Side, certify
from paleobc.remapping.weights import Weights


def sides(n=3, m=2):
    return tuple(
        Side(np.arange(k) * 10.0, np.zeros(k), np.ones(k) / k, np.ones(k, dtype=bool), np.ones(k, dtype=bool))
        for k in (n, m)
    )


def weights(source, destination, weight):
    return Weights(np.array(source, np.int32), np.array(destination, np.int32), np.array(weight), 3, 2)


def test_lost_amounts_are_seen():
    proof = certify(weights([0, 1], [0, 1], [0.5, 0.5]), *sides())
    assert proof.global_errors["constant"] == pytest.approx(0.5)
    assert proof.cell_error == pytest.approx(0.25)
    assert proof.unlinked_sources.tolist() == [2]


def test_masked_repeated_and_foreign_links_are_counted():
    source, destination = sides()
    source.allowed[0] = False
    proof = certify(weights([0, 1, 1, 7, -1], [0, 1, 1, 0, 0], [1.0] * 5), source, destination)
    assert (proof.masked_links, proof.repeated_links, proof.links_outside) == (1, 1, 2)
    assert proof.links == 5
    assert proof.row_sums == (1.0, 1.5, 2.0)


def test_a_set_without_links_is_described_too():
    proof = certify(weights([], [], np.zeros(0)), *sides())
    assert proof.links == 0
    assert np.isnan(proof.row_sums).all()
    assert proof.unlinked_destinations.tolist() == [0, 1]
    assert proof.global_errors["constant"] == 1.0
