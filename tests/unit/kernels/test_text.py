"""The text wrappers: the published embeddings, and BM25F against its definition."""

from __future__ import annotations

import json
import math
from array import array
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import ClosedError, CorruptError, InputError
from pramana.kernels.selftest import tiny_model
from pramana.kernels.text import Bm25Index, TextModel
from tests.unit.kernels.builds import ALL_BUILDS, bm25_factory, model_factory
from tests.unit.kernels.characters import known_alike

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "embedder.json").read_text("utf-8"))
EPS = 2.0**-23


@cache
def published_model(build: str):
    """The model in the box; loading it costs seconds in the reference, so once."""
    data = files("pramana").joinpath("data", "minilm-static-256-i4.sve").read_bytes()
    return model_factory(build)(data)


# The model


@pytest.mark.parametrize("build", ALL_BUILDS)
def test_the_published_model_gives_the_published_ids_and_vectors(build):
    model = published_model(build)
    assert (model.dim, model.vocabulary) == (256, 28_091)
    for case in GOLDEN:
        assert list(model.tokenize(case["text"])) == case["ids"], case["text"]
        # golden.json holds six decimals
        assert list(model.embed([case["text"]])) == pytest.approx(case["embedding"], abs=1e-6)


@pytest.mark.parametrize("build", ALL_BUILDS)
def test_a_batch_embeds_as_its_texts_do(build):
    model = published_model(build)
    texts = [case["text"] for case in GOLDEN] + ["", "\n", "??"]
    vectors = model.embed(texts)
    assert vectors.typecode == "f"
    assert len(vectors) == len(texts) * model.dim
    for index, text in enumerate(texts):
        assert vectors[index * model.dim : (index + 1) * model.dim] == model.embed([text])


def test_batches_larger_than_a_call(text_module):
    model = TextModel(text_module, tiny_model())
    texts = ["hello" if at % 3 else "world" for at in range(2500)]
    vectors = model.embed(texts)
    for at in (0, 1, 1023, 1024, 1025, 2048, 2499):
        assert vectors[at * 4 : at * 4 + 4] == model.embed([texts[at]])
    model.close()


def test_texts_without_known_tokens_are_zero(make_text_model):
    model = make_text_model(tiny_model())
    assert list(model.embed(["", "unknowable", "!"])) == [0.0] * 12
    assert list(model.embed([])) == []
    assert list(model.tokenize("unknowable")) == []
    model.close()


def test_embeddings_are_unit_vectors_of_weighted_tokens(make_text_model):
    model = make_text_model(tiny_model())
    assert list(model.tokenize("HELLO worlds")) == [0, 1, 2]
    length = math.sqrt(1.5**2 + 2**2 + 2.5**2 + 0.5**2)
    expected = [1.5 / length, 2 / length, 2.5 / length, 0.5 / length]
    assert list(model.embed(["Hello, worlds!"])) == pytest.approx(expected, abs=4 * EPS)
    model.close()


def test_damaged_models_are_refused(make_text_model):
    good = tiny_model()
    for bad in (
        b"",
        good[:-1],
        good + b"\0",
        b"SVE2" + good[4:],
        good[:8] + pack("<I", 5) + good[12:],
        good[:12] + pack("<I", 16) + good[16:],
        good[:4] + pack("<I", 2**31) + good[8:],
        good[:16] + pack("<I", 2**32 - 1) + good[20:],
    ):
        with pytest.raises(CorruptError):
            make_text_model(bad)


@pytest.mark.parametrize("bad", ["\ud800", "a\udfffb", None, 7, b"bytes"])
def test_what_is_no_text_is_refused(make_text_model, bad):
    model = make_text_model(tiny_model())
    with pytest.raises(InputError) as caught:
        model.embed(["fine", bad])
    assert (caught.value.details["field"], caught.value.details["index"]) == ("texts", 1)
    with pytest.raises(InputError):
        model.tokenize(bad)
    with pytest.raises(InputError):
        model.embed("one string")
    model.close()


def test_a_closed_model_says_so(make_text_model):
    model = make_text_model(tiny_model())
    model.close()
    model.close()
    for call in (lambda: model.tokenize("a"), lambda: model.embed(["a"]), lambda: model.embed([])):
        with pytest.raises(ClosedError):
            call()


@settings(max_examples=60)
@given(st.text(known_alike, max_size=60))
def test_builds_tokenize_any_text_alike(text):
    ids = [list(published_model(build).tokenize(text)) for build in ALL_BUILDS]
    assert ids[0] == ids[1] == ids[2]


# BM25F

DOCUMENTS = [
    ("retry", "Retry flaky tests with a back-off", "ci"),
    ("", "Deploy the service behind a feature flag", "ops deploy"),
    ("Tests", "the tests of the test suite run slowly", ""),
    ("", "", ""),
    ("Naïve café", "東京 is not 京都; don't mix O'Brien's keys", "i18n"),
]
WEIGHTS = [2.0, 3.0, 1.5]


def bm25_oracle(index, documents, weights, query, k1=1.2, b=0.75):
    """Scores by the definition, in float64, over the index's own terms."""
    tfs, lengths = [], []
    for document in documents:
        tf: Counter[str] = Counter()
        length = 0.0
        for weight, text in zip(weights, document, strict=True):
            for term in index.terms(text):
                tf[term] += weight
            length += weight * word_count(index, text)
        tfs.append(tf)
        lengths.append(length)
    mean = sum(lengths) / len(lengths) if lengths else 1.0
    scores = []
    for tf, length in zip(tfs, lengths, strict=True):
        score = 0.0
        for term in set(index.terms(query)):
            df = sum(1 for other in tfs if other[term] > 0)
            if tf[term] > 0:
                idf = math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
                score += idf * tf[term] * (k1 + 1) / (tf[term] + k1 * (1 - b + b * length / mean))
        scores.append(score)
    return scores


def word_count(index, text: str) -> int:
    """Words of a text, stop words too: appending one adds a bigram for each pair of neighbours."""
    return sum(1 for term in index.terms(text + " zz") if " " in term)


@pytest.fixture
def index(make_bm25):
    index = make_bm25(weights=WEIGHTS)
    yield index
    index.close()


@pytest.mark.parametrize(
    "query", ["flaky tests", "the tests of", "deploy", "O'Briens key 東京", "cafe", "nothing"]
)
def test_scores_follow_the_definition(index, query):
    ordinals = [10, 3, 77, 5, 6]
    index.add(ordinals, DOCUMENTS)
    expected = bm25_oracle(index, DOCUMENTS, WEIGHTS, query)
    assert list(index.score(query, ordinals)) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    best = sorted((-score, ordinal) for ordinal, score in zip(ordinals, expected, strict=True) if score > 0)
    found = index.search(query, 10)
    assert list(found.ordinals) == [ordinal for _, ordinal in best]
    assert list(found.scores) == pytest.approx([-score for score, _ in best], rel=1e-5)
    assert list(index.search(query, 1).ordinals) == [ordinal for _, ordinal in best][:1]


@pytest.mark.parametrize("parameters", [{"k1": 0.0}, {"b": 0.0}, {"b": 1.0}, {"k1": 2.5, "b": 0.3}])
def test_parameters_follow_the_definition(make_bm25, parameters):
    index = make_bm25(weights=WEIGHTS, **parameters)
    index.add(range(5), DOCUMENTS)
    expected = bm25_oracle(index, DOCUMENTS, WEIGHTS, "flaky tests deploy", **parameters)
    assert list(index.score("flaky tests deploy", range(5))) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    index.close()


def test_removing_is_as_if_never_added(make_bm25):
    one, other = make_bm25(weights=WEIGHTS), make_bm25(weights=WEIGHTS)
    one.add(range(5), DOCUMENTS)
    one.remove([0, 4])
    other.add([1, 2, 3], DOCUMENTS[1:4])
    assert len(one) == len(other) == 3
    for query in ("tests", "deploy flag", "retry", "東京"):
        assert one.search(query, 5) == other.search(query, 5)
    one.add([0], [DOCUMENTS[4]])
    assert list(one.search("東京", 5).ordinals) == [0]
    one.close()
    other.close()


def test_allow_filters_before_top_k(index):
    index.add(range(12), [("", "deploy it", "")] * 12)
    assert list(index.search("deploy", 3).ordinals) == [0, 1, 2]
    assert list(index.search("deploy", 3, allow=b"\xa0\x04").ordinals) == [5, 7, 10]
    assert list(index.search("deploy", 3, allow=b"").ordinals) == []


def test_terms_are_stemmed_words_without_stop_words_and_bigrams_with_them(index):
    assert sorted(index.terms("Running the tests")) == sorted(["run", "test", "run the", "the test"])
    assert index.terms("") == []
    assert sorted(index.terms("Brien's cafés")) == sorted(["brien", "cafe", "brien cafe"])
    assert set(index.terms("東京")) == {"東", "京", "東 京"}


def test_a_saved_index_loads_as_it_was(make_bm25):
    index = make_bm25(weights=WEIGHTS, k1=1.5, b=0.5)
    index.add([10, 3, 77, 5, 6], DOCUMENTS)
    saved = index.save()
    assert saved[:4] == b"PBM2"
    copy = make_bm25.load(saved)
    assert len(copy) == 5
    for query in ("tests", "flaky deploy", "cafe 京"):
        assert copy.search(query, 5) == index.search(query, 5)
    copy.add([1], [("one", "more", "document")])
    with pytest.raises(InputError):
        copy.add([2], [("one field",)])
    assert copy.save() != saved
    copy.remove([1])
    assert copy.save() == saved
    index.close()
    copy.close()


def test_every_build_reads_what_another_saved():
    saved = []
    for build in ALL_BUILDS:
        index = bm25_factory(build)(weights=WEIGHTS)
        index.add(range(5), DOCUMENTS)
        saved.append(index.save())
        index.close()
    assert saved[0] == saved[1]
    for data in saved:
        for build in ALL_BUILDS:
            copy = bm25_factory(build).load(data)
            assert list(copy.search("flaky", 5).ordinals) == [0]
            copy.close()


def test_damaged_bytes_are_refused(make_bm25):
    index = make_bm25(weights=WEIGHTS)
    index.add(range(5), DOCUMENTS)
    saved = index.save()
    index.close()
    for damaged in (b"", b"PBM2", saved[:-1], saved + b"\0", b"PVEC" + saved[4:]):
        with pytest.raises(CorruptError):
            make_bm25.load(damaged)
    for at in range(0, len(saved), 7):
        changed = bytearray(saved)
        changed[at] ^= 1
        with pytest.raises(CorruptError):
            make_bm25.load(bytes(changed))


def test_a_bad_batch_changes_nothing(index):
    index.add([3, 4], DOCUMENTS[:2])
    before = index.save()
    for ordinals, documents, field in (
        ([5, 3], DOCUMENTS[:2], "ordinals"),
        ([5, 5], DOCUMENTS[:2], "ordinals"),
        ([5], DOCUMENTS[:2], "ordinals"),
        ([5, 6], [DOCUMENTS[0], ("too", "few")], "documents"),
        ([5, 6], [DOCUMENTS[0], "abc"], "documents"),
        ([5, 6], [DOCUMENTS[0], ("a", "\ud800", "c")], "documents"),
        ([5, 6], [DOCUMENTS[0], ("a", None, "c")], "documents"),
    ):
        with pytest.raises(InputError) as caught:
            index.add(ordinals, documents)
        assert caught.value.details["field"] == field
        if field == "documents":
            assert caught.value.details["index"] == 1
    for call in (lambda: index.remove([3, 9]), lambda: index.remove([3, 3]), lambda: index.score("a", [9])):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.details["status"] == "ordinal_missing"
    assert index.save() == before


def test_the_largest_parameters_give_finite_scores(make_bm25):
    for weights in ([1e6, 1e6], [1e6, 1e-6], [1e-6, 0.0]):
        for k1 in (0.0, 1.2, 1e6):
            index = make_bm25(weights=weights, k1=k1)
            index.add([0, 1], [["alpha " * 2000 + "beta", "alpha"], ["gamma beta", "beta"]])
            for query in ("alpha", "beta", "alpha"):  # a search leaves nothing behind
                found = index.search(query, 5)
                assert all(0 < score < math.inf for score in found.scores)
                scores = dict(zip(found.ordinals, found.scores, strict=True))
                assert index.score(query, [0])[0] == scores[0]
            index.close()


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"weights": []}, "weights"),
        ({"weights": [1.0, -1.0]}, "weights"),
        ({"weights": [float("nan")]}, "weights"),
        ({"weights": [1.0, 1e38]}, "weights"),
        ({"weights": [1.0, 1e-7]}, "weights"),
        ({"weights": [1.0], "k1": 1e7}, "k1"),
        ({"weights": [0.0, 0.0]}, "weights"),
        ({"weights": ["1"]}, "weights"),
        ({"weights": [1.0], "k1": -0.1}, "k1"),
        ({"weights": [1.0], "k1": float("inf")}, "k1"),
        ({"weights": [1.0], "b": 1.1}, "b"),
        ({"weights": [1.0], "b": "x"}, "b"),
    ],
)
def test_impossible_parameters_are_refused(make_bm25, parameters, field):
    with pytest.raises(InputError) as caught:
        make_bm25(**parameters)
    assert caught.value.details["field"] == field


def test_a_closed_index_says_so(make_bm25):
    index = make_bm25(weights=WEIGHTS)
    index.close()
    index.close()
    for call in (
        lambda: len(index),
        lambda: index.add([1], [DOCUMENTS[0]]),
        lambda: index.remove([]),
        lambda: index.search("a", 1),
        lambda: index.score("a", []),
        lambda: index.terms("a"),
        index.save,
    ):
        with pytest.raises(ClosedError):
            call()


@settings(max_examples=40)
@given(st.lists(st.text(known_alike, max_size=30), max_size=8), st.text(known_alike, max_size=20))
def test_builds_rank_any_texts_alike(texts, query):
    answers = []
    for build in ALL_BUILDS:
        index = bm25_factory(build)(weights=[1.0])
        index.add(range(len(texts)), [(text,) for text in texts])
        terms = [sorted(index.terms(text)) for text in texts]
        answers.append((terms, list(index.score(query, range(len(texts))))))
        index.close()
    assert answers[0][0] == answers[1][0] == answers[2][0]
    for other in answers[1:]:
        assert other[1] == pytest.approx(answers[0][1], rel=1e-5, abs=1e-6)


def test_indexes_and_models_share_a_module(text_module):
    model = TextModel(text_module, tiny_model())
    index = Bm25Index(text_module, weights=array("d", [1.0]))
    index.add([0], [("hello",)])
    model.close()
    assert list(index.search("hello", 1).ordinals) == [0]
    index.close()
