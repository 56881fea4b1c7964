from __future__ import annotations

import json

from pramana.knowledge import Atom, Proof, ProofStep, Verdict


def proof_of_length(length: int) -> Proof:
    steps = [ProofStep(Atom("a", "p", "b"), 0.5, fact="f", source="s")]
    for n in range(length - 1):
        conclusion = Atom(f"{n}", "q", "b", negated=True)
        absent = (Atom("?any", "r", "b"),)
        bindings = {"?x": f"{n}"}
        steps.append(ProofStep(conclusion, 0.25, "", "r", bindings, (n, 0), absent, text="if p then q"))
    return Proof(tuple(steps))


def test_a_verdict_is_the_same_after_json() -> None:
    proofs = proof_of_length(3), proof_of_length(1)
    verdict = Verdict("true", 0.5, proofs, question="Is it?", answers=("a",))
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_a_proof_of_any_length_goes_through_json() -> None:
    proof = proof_of_length(50_000)
    again = Proof.from_dict(json.loads(json.dumps(proof.to_dict())))
    assert again == proof
    assert (again.conclusion, again.confidence) == (proof.steps[-1].conclusion, 0.25)
    assert again.facts == ("f",)
