from __future__ import annotations

import json

import pytest

from pramana.errors import BudgetError
from pramana.knowledge import MAX_JSON_DEPTH, Atom, Proof, Verdict


def proof_of_depth(depth: int) -> Proof:
    proof = Proof(Atom("a", "p", "b"), 0.5, fact="f", source="s")
    for step in range(depth - 1):
        proof = Proof(Atom(f"{step}", "q", "b", negated=True), 0.5, rule="r", premises=(proof,))
    return proof


def test_a_verdict_is_the_same_after_json() -> None:
    proof = proof_of_depth(3)
    verdict = Verdict("true", 0.5, (proof, proof.premises[0]), question="Is it?", answers=("a",))
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_a_proof_as_deep_as_may_be_goes_through_json() -> None:
    proof = proof_of_depth(MAX_JSON_DEPTH)
    assert proof.depth == MAX_JSON_DEPTH
    assert Proof.from_dict(json.loads(json.dumps(proof.to_dict()))).depth == MAX_JSON_DEPTH


def test_a_deeper_proof_says_that_it_is_too_deep_for_json() -> None:
    with pytest.raises(BudgetError) as caught:
        proof_of_depth(MAX_JSON_DEPTH + 1).to_dict()
    assert caught.value.details == {"budget": "proof_depth", "limit": MAX_JSON_DEPTH}


def test_depth_counts_the_longest_way_down() -> None:
    shared = proof_of_depth(4)
    assert Proof(Atom("a", "p", "c"), 1.0, rule="r", premises=(proof_of_depth(2), shared, shared)).depth == 5
