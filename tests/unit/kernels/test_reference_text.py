"""The pure-Python text kernel against the authors' own implementations, and the wasm builds against it."""

from __future__ import annotations

import random
import re
from array import array
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import CorruptError, InputError
from pramana.kernels.reference.bm25 import ReferenceBm25, term_hash
from pramana.kernels.reference.envelope import seal, unseal, xxh64
from pramana.kernels.reference.stem import stem
from pramana.kernels.reference.stop import STOP_WORDS
from pramana.kernels.reference.text import ReferenceTextModel, basic_tokens
from pramana.kernels.reference.words import fold, terms_of, words_of
from tests.unit.kernels.builds import WASM_BUILDS, bm25_factory, model_factory
from tests.unit.kernels.characters import ROOT, STABLE

MODEL = ROOT / "pylib/pramana/data/minilm-static-256-i4.sve"

_SUFFIXES = """
s es ies ied sses ss us eed eedly ed edly ing ingly y ly li ogi ogist tional ational enci anci abli entli izer
ization ation ator alism aliti alli fulness fulli ousli ousness iveness iviti biliti bli lessli alize icate iciti
ical ful ness ative al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion e ll ' 's 's'
"""
_STEMS = """
arsen commun emerg gener inter later organ past univers even cann inn earr herr out succ proc exc d l t sk hop rat
fil add egg off err yell say by øre naß mob un happ caress
"""
SUFFIXES, STEMS = _SUFFIXES.split(), _STEMS.split()


def pieces() -> list[str]:
    data = MODEL.read_bytes()
    size = int.from_bytes(data[16:20], "little")
    return data[20 : 20 + size].decode().split("\n")


FRAGMENTS = (
    "'", "’", "s", "S", "'s", "don't", "dog's", "the", "Running", "日", "本", "が", "ー", "e\u0301", "한국", "\u0301",
    " ", "-", "_", "ﬁ", "İ", "Σς", "naïve", "²", "ि", "\u200b", "\t", "\x0b", "\x85", "\u3000", "\ufffd", "豈",
)  # fmt: skip
texts = st.lists(st.sampled_from(FRAGMENTS) | st.sampled_from(STABLE), max_size=12).map("".join)


# The stemmer


def test_stems_are_those_of_snowball():
    import snowballstemmer

    oracle = snowballstemmer.stemmer("english")
    source = random.Random(3)
    known = [piece.removeprefix("##") for piece in pieces()]
    words = set(known)
    words |= {start + suffix for start in STEMS for suffix in SUFFIXES}
    words |= {start + a + b for start in STEMS for a in SUFFIXES for b in source.sample(SUFFIXES, 6)}
    words |= {source.choice(known) + source.choice(SUFFIXES) for _ in range(20_000)}
    words |= {"".join(source.choices("aeiouybcdsthlngrp'ß", k=source.randint(1, 9))) for _ in range(20_000)}
    differing = [word for word in sorted(words) if stem(word) != oracle.stemWord(word)]
    assert differing == []


@given(st.text("aeiouybdlngstz'ß", max_size=12))
def test_every_build_stems_alike(word):
    expected = terms_of(word)[0]
    for build in WASM_BUILDS:
        index = bm25_factory(build)(weights=[1.0])
        assert index.terms(word) == expected
        index.close()


# Words and terms


def test_the_kernel_has_the_same_stop_words():
    rust = (ROOT / "rust-kernels/text/src/stop.rs").read_text("utf-8")
    declared = re.search(r"STOP_WORDS: \[&str; (\d+)\] = \[(.*?)\n\];", rust, re.DOTALL)
    assert declared is not None
    listed = re.findall(r'"([^"]+)"', declared[2])
    assert len(listed) == int(declared[1]) == len(STOP_WORDS)
    assert set(listed) == STOP_WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't O'Brien's dogs' x's's 'quoted'", ["dont", "obrien", "dogs", "x", "quoted"]),
        ("日本の東京タワーa1", ["日", "本", "の", "東", "京", "タ", "ワ", "ー", "a1"]),
        ("한 naïve_CAFÉ 2.5²", ["\u1112\u1161\u11ab", "naive", "cafe", "2", "5²"]),
        ("हिन्दी", ["हिनदी"]),
        (" ''' 🙂 \u0301", []),
    ],
)
def test_words(text, expected):
    assert list(words_of(text)) == expected


def test_stop_words_stay_in_bigrams_only():
    assert terms_of("To be, or the server") == (
        ["to be", "be or", "or the", "server", "the server"],
        5,
    )


@settings(max_examples=300)
@given(texts)
def test_every_build_finds_the_same_terms(text):
    expected = terms_of(text)[0]
    for build in WASM_BUILDS:
        index = bm25_factory(build)(weights=[1.0])
        assert index.terms(text) == expected
        index.close()


@given(texts)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


# The model


def small_model(*words: str, bits: int = 8, dim: int = 2) -> bytes:
    vocabulary = "\n".join(words).encode()
    head = b"SVE1" + pack("<4I", len(words), dim, bits, len(vocabulary)) + vocabulary
    head += bytes(-len(head) % 16) + pack(f"<{len(words)}e", *[0.25] * len(words))
    rows = bytes((37 * at + 11) % 256 for at in range(len(words) * dim * bits // 8))
    return head + bytes(-len(head) % 16) + rows


def test_basic_tokens_follow_bert():
    text = "Unbelievable!\x00\ufffd\u200bÀ-b\x0bc 日本\tx\u3000y$z\u037e"
    assert list(basic_tokens(text)) == [
        *("unbelievable", "!", "a", "-", "bc", "日", "本", "x", "y", "$", "z", ";"),
    ]


@settings(max_examples=150)
@given(texts, st.sampled_from([(4, 2), (4, 34), (8, 1), (8, 33)]))
def test_every_build_tokenizes_and_embeds_alike(text, shape):
    bits, dim = shape
    sve = small_model(
        "s", "##s", "日", "don", "'", "t", "dog", "run", "##ning", "e", "-", "豈", bits=bits, dim=dim
    )
    reference = ReferenceTextModel(sve)
    ids, vector = reference.tokenize(text), reference.embed([text])
    for build in WASM_BUILDS:
        model = model_factory(build)(sve)
        assert model.tokenize(text) == ids
        # Sums of at most 12 numbers below 64, exact in float32 but for the last roundings.
        assert list(model.embed([text])) == pytest.approx(list(vector), abs=3e-7)
        model.close()


@pytest.mark.parametrize(
    "damaged",
    [
        small_model("a", "b") + b"\0",
        small_model("a", "b")[:-1],
        b"SVE2" + small_model("a", "b")[4:],
        small_model("a", "a"),
        small_model("a", ""),
        small_model("a", "b", bits=16),
        small_model("a", "b", bits=4, dim=3),
        small_model("a", "b").replace(pack("<e", 0.25), pack("<e", float("nan"))),
        small_model("a", "b")[:23] + b"\1" + small_model("a", "b")[24:],
        small_model("a", "b").replace(b"a\nb", b"a\n\xff"),
        b"",
    ],
)
def test_models_of_another_form_are_refused(make_text_model, damaged):
    with pytest.raises(CorruptError):
        make_text_model(damaged)


# The index


def test_published_checksums():
    assert xxh64(b"") == 0xEF46DB3751D8E999
    assert xxh64(b"a") == 0xD24EC4F1A98C6E5B
    assert xxh64(b"abc") == 0x44BC2CF5AD770999
    assert xxh64(bytes(range(101)), 2654435761) != xxh64(bytes(range(101)))


def test_a_term_is_hashed_as_fnv_1a_mixed():
    """FNV-1a of "a" is af63dc4c8601ec8c; the finaliser is a bijection, so no two terms of it collide more."""
    value = 0xAF63DC4C8601EC8C
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ value >> 33) * factor % 2**64
    assert term_hash("a") == value ^ value >> 33


def test_an_envelope_is_checked_before_it_is_opened():
    sealed = seal(b"TEST", b"content")
    assert bytes(unseal(b"TEST", sealed, kernel="text", call="x")) == b"content"
    with pytest.raises(CorruptError) as caught:
        unseal(b"ELSE", sealed, kernel="text", call="x")
    assert caught.value.details["status"] == "bad_format"
    for at in range(8, len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 0x10
        with pytest.raises(CorruptError) as caught:
            unseal(b"TEST", changed, kernel="text", call="x")
        assert caught.value.details["status"] == "bad_checksum"


documents = st.tuples(texts, st.sampled_from(["", "the server", "dog dog dog", "retry servers"]))
changes = st.lists(st.tuples(st.integers(0, 9), documents), max_size=12)


@settings(max_examples=80, deadline=None)
@given(changes, texts, st.binary(max_size=2))
def test_every_build_keeps_the_same_index(changes, query, allow):
    """A number in use is removed, another is added: after each change files are equal, scores near, ties alike."""
    options = {"weights": [2.0, 0.5], "k1": 1.5, "b": 0.6}
    reference = ReferenceBm25(**options)
    indexes = [bm25_factory(build)(**options) for build in WASM_BUILDS]
    present: set[int] = set()
    for ordinal, document in changes:
        for index in (reference, *indexes):
            if ordinal in present:
                index.remove([ordinal])
            else:
                index.add([ordinal], [document])
        present ^= {ordinal}
    saved = reference.save()
    asked = query + " dog the server"
    scores = list(reference.score(asked, sorted(present)))
    allowed = {ordinal for ordinal in present if int.from_bytes(allow, "little") >> ordinal & 1}
    for index in indexes:
        assert index.save() == saved
        assert list(index.score(asked, sorted(present))) == pytest.approx(scores, rel=1e-5)
        found = index.search(asked, 10, allow=allow)
        expected = {o: s for o, s in zip(sorted(present), scores, strict=True) if o in allowed and s > 0}
        assert set(found.ordinals) == expected.keys()
        assert [expected[o] for o in found.ordinals] == pytest.approx(list(found.scores), rel=1e-5)
        index.close()
    assert ReferenceBm25.load(saved).save() == saved


def test_an_emptied_index_is_a_fresh_one(make_bm25):
    index = make_bm25(weights=[1.0, 3.0])
    fresh = index.save()
    index.add([70, 3], [("the server", "retry"), ("dog", "dog dog")])
    index.remove([3, 70])
    assert index.save() == fresh
    assert len(index) == 0
    assert index.search("dog", 1).ordinals == array("I")
    index.close()


def test_forged_files_are_refused(make_bm25):
    """Whole envelopes around broken content: nothing traps, and nothing impossible is taken in."""
    index = make_bm25(weights=[1.0])
    index.add([1, 5], [("dog",), ("dog cat",)])
    content = bytes(unseal(b"PBM2", index.save(), kernel="text", call="bm25_load"))
    index.close()
    head = 4 + 4 + 8
    for forged in (
        content[:-1],
        content + b"\0",
        pack("<I", 0) + content[4:],
        pack("<I", 65) + content[4:],
        content[:4] + pack("<f", -1.0) + content[8:],
        content[:8] + pack("<2f", 1.2, 1.5) + content[16:],
        content[:head] + pack("<I", 3) + content[head + 4 :],
        content[:head] + pack("<I", 2**32 - 1) + content[head + 4 :],
        content[: head + 4] + pack("<I", 2**32 - 1) + content[head + 8 :],
        content[: head + 8] + pack("<I", 2**32 - 1) + content[head + 12 :],
        content[: head + 12] + pack("<f", float("nan")) + content[head + 16 :],
        content[:-1] + b"\x7f",
        content[:-2] + b"\xff\xff",
    ):
        with pytest.raises(CorruptError) as caught:
            make_bm25.load(seal(b"PBM2", forged))
        assert caught.value.details["status"] == "bad_format"


def test_more_fields_than_the_format_holds_are_refused(make_bm25):
    make_bm25(weights=[1.0] * 64).close()
    with pytest.raises(InputError):
        make_bm25(weights=[1.0] * 65)
