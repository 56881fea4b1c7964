"""The pack made of WordNet: of a small dictionary in its format, and of the real one where it is installed."""

from __future__ import annotations

import csv
import importlib.util
import io
import shutil
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pramana
from pramana.graph.rule_language import parse_rules

WORDNET = Path("/usr/share/wordnet")


def load_tool() -> ModuleType:
    path = Path(__file__).parents[2] / "pylib/tools/wordnet_pack.py"
    spec = importlib.util.spec_from_file_location("wordnet_pack", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


@pytest.fixture
def small(root: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(root / "tests/golden/wordnet-small", tmp_path / "dict"))


def rows_of(folder: Path) -> list[tuple[str, str, str]]:
    with (folder / "wordnet.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row) for row in csv.reader(line for line in file if not line.startswith("#"))]
    assert rows[0] == ("subject", "predicate", "object")
    return rows[1:]


def spoil(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the one place where `old` stands; the number of its line."""
    text = (folder / name).read_text(encoding="ascii")
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_small_dictionary_is_in_the_format_an_offset_is_where_its_line_is(root: Path) -> None:
    for part in ("noun", "verb", "adj", "adv"):
        data = (root / f"tests/golden/wordnet-small/data.{part}").read_bytes()
        for line in data.splitlines():
            if not line.startswith(b"  "):
                assert data[int(line[:8]) :].startswith(line)


def test_facts_are_what_the_files_say(small: Path, tmp_path: Path) -> None:
    assert tool.main([str(tmp_path / "out"), "--dict", str(small)]) == 0
    found = rows_of(tmp_path / "out")
    relations = [row for row in found if row[1] != "called"]
    assert sorted(relations) == [
        ("afloat.a.01", "attribute_of", "wetness.n.01"),
        ("afloat.a.01", "opposite_of", "aground.a.01"),
        ("aground.a.01", "opposite_of", "afloat.a.01"),
        ("argo.n.01", "instance_of", "sailing boat.n.01"),
        ("boat.n.01", "is_a", "watercraft.n.01"),
        ("boat.n.01", "member_of", "fleet.n.01"),
        ("dry.a.01", "attribute_of", "wetness.n.01"),
        ("dry.a.01", "opposite_of", "wet.a.01"),
        ("fleet.n.01", "is_a", "thing.n.01"),
        ("mast.n.01", "is_a", "mast.n.02"),
        ("mast.n.01", "part_of", "rigging.n.01"),
        ("mast.n.02", "is_a", "thing.n.01"),
        ("navigation.n.01", "is_a", "thing.n.01"),
        ("oak.n.01", "substance_of", "mast.n.01"),
        ("port.n.01", "opposite_of", "starboard.n.01"),
        ("quickly.r.01", "opposite_of", "slowly.r.01"),
        ("rigging.n.01", "part_of", "sailing boat.n.01"),
        ("sail.v.01", "is_a", "move.v.01"),
        ("sailing boat.n.01", "is_a", "boat.n.01"),
        ("scuttle.v.01", "causes", "sink.v.01"),
        ("sink.v.01", "is_a", "move.v.01"),
        ("sloop.n.01", "is_a", "sailing boat.n.01"),
        ("slowly.r.01", "opposite_of", "quickly.r.01"),
        ("soaked.s.01", "similar_to", "wet.a.01"),
        ("starboard.n.01", "opposite_of", "port.n.01"),
        ("steer.v.01", "entails", "sail.v.01"),
        ("watercraft.n.01", "is_a", "thing.n.01"),
        ("wet.a.01", "attribute_of", "wetness.n.01"),
        ("wet.a.01", "opposite_of", "dry.a.01"),
    ]
    words = {(subject, word) for subject, predicate, word in found if predicate == "called"}
    assert {word for subject, word in words if subject == "boat.n.01"} == {"boat", "boat, small"}
    assert {word for subject, word in words if subject == "soaked.s.01"} == {"soaked", "drenched"}
    assert ("argo.n.01", "Argo") in words
    assert len(words) == 34


def test_a_word_that_differs_in_case_alone_is_one_term_and_said_once(small: Path) -> None:
    dictionary = tool.read_dictionary(small, io.StringIO())
    spelled = [
        word
        for name, predicate, word in tool.facts(dictionary)
        if name == "mast.n.01" and predicate == "called"
    ]
    assert spelled == ["mast", "Spar"]


def test_a_sense_is_numbered_by_its_place_in_the_index_and_not_in_the_data(small: Path) -> None:
    names = tool.read_dictionary(small, io.StringIO()).names
    assert names["n", 1052] == "mast.n.01"
    assert names["n", 960] == "mast.n.02"


def test_the_csv_is_rfc_4180_and_says_first_what_it_is_and_under_which_licence(
    small: Path, tmp_path: Path
) -> None:
    tool.main([str(tmp_path / "out"), "--dict", str(small)])
    raw = (tmp_path / "out/wordnet.csv").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") == 5 + 3 + 1 + 63
    assert raw.split(b"\r\n")[:9] == [
        b"# name: wordnet",
        b"# version: 9.1",
        b"# licence: WordNet",
        b"# source: https://wordnet.princeton.edu/",
        b"#",
        b"# This is no part of WordNet. It is a small dictionary of the sea, written",
        b"# to test a reader of files in the format of WordNet 9.1 Copyright 2026 by",
        b"# nobody: use it as you like, in the hope that you find it useful.",
        b"subject,predicate,object",
    ]
    assert b'boat.n.01,called,"boat, small"\r\n' in raw


def test_the_counts_are_reported(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool.main([str(tmp_path / "out"), "--dict", str(small)])
    told = capsys.readouterr()
    size = (tmp_path / "out/wordnet.csv").stat().st_size
    assert told.out.splitlines()[0].split() == ["34", "called"]
    assert told.out.splitlines()[-1] == f"       63 facts in {tmp_path}/out/wordnet.csv, {size:,} bytes"
    assert told.err.splitlines()[0] == "noun: 15 synsets"


def test_without_wordnet_it_says_which_package_to_install(tmp_path: Path, capsys) -> None:
    assert tool.main([str(tmp_path / "out"), "--dict", str(tmp_path / "none")]) == 1
    told = capsys.readouterr().err
    assert (
        told == f"there is no WordNet in {tmp_path}/none: apt-get install wordnet-base, or say --dict DIR\n"
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("data.noun", " | a boat with one mast", "", "expected a gloss after |"),
        ("data.noun", "sloop 0 single", "sloop 0 0 single", "invalid literal"),
        ("data.noun", "0 Spar 0 spar 0 003", "0 Spar 0 spar 0 004", "expected more fields"),
        ("data.noun", "0 Spar 0 spar 0 003", "0 Spar 0 spar 0 002", "expected | after the pointers"),
        ("data.noun", "0 Spar 0 spar 0 003", "0 Spar 0 spar 0 0x3", "invalid literal"),
        ("data.noun", "06 n 01 oak", "06 n 00 oak", "invalid literal"),
        ("data.noun", "00001379 06 n 01 oak", "00001379 06 q 01 oak", "expected a type of synset"),
        ("data.noun", "00001379 06 n 01 oak", "00001379 06 v 01 oak", "expected a synset of type n, got v"),
        ("data.noun", "00001379 06", "00000229 06", "the offset 00000229 is that of an earlier line"),
        ("data.noun", "oak 0 001", "oak z 001", "invalid literal"),
        ("data.adj", "s 02 soaked(p) 0 drenched 0 001 & 00000229 a 0000", "s 00 000", "and words, got 's' and []"),
        ("index.noun", "oak n 1 1 #s 1", "oak n 1 2 #s 1", "expected 9 fields by its counts, got 8"),
        ("index.noun", "oak n 1 1 #s 1 0 00001379", "oak n 1", "expected a lemma, a part of speech"),
        ("index.noun", "oak n 1 1 #s 1 0 00001379", "oak n one 1 #s 1 0 00001379", "invalid literal"),
    ],
)  # fmt: skip
def test_a_malformed_line_is_named_and_nothing_is_written(
    small: Path, tmp_path: Path, capsys, name: str, old: str, new: str, problem: str
) -> None:
    line = spoil(small, name, old, new)
    with pytest.raises(tool.DictionaryError) as caught:
        tool.read_dictionary(small, io.StringIO())
    assert (caught.value.path, caught.value.line) == (small / name, line)
    assert problem in str(caught.value)
    assert tool.main([str(tmp_path / "out"), "--dict", str(small)]) == 1
    assert f"nothing was written: {small / name}, line {line}: " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("data.noun", "#s 00001052 n", "#s 00001053 n", r"#s of 'oak.n.01' points to no synset: n 00001053"),
        ("index.noun", "#s 1 0 00001379", "#s 1 0 00001380", "expected the offset 00001379 among the senses of 'oak'"),
        ("data.noun", "WordNet 9.1", "Wordnet 9.1", 'expected "WordNet <version> Copyright"'),
        ("data.verb", "a boat sink", "a bôat sink", "expected ASCII, got 0xc3"),
    ],
)  # fmt: skip
def test_files_that_do_not_fit_together_are_refused(
    small: Path, name: str, old: str, new: str, problem: str
) -> None:
    spoil(small, name, old, new)
    with pytest.raises(tool.DictionaryError) as caught:
        tool.read_dictionary(small, io.StringIO())
    assert problem in str(caught.value)


def test_two_synsets_of_one_name_are_refused(small: Path) -> None:
    # One offset in two lines of the index, by another spelling of the lemma: sense 1 twice.
    spoil(small, "data.noun", "00000960 06 n 01 mast 0", "00000960 06 n 01 spar 0")
    spoil(small, "index.noun", "spar n 1 3 @ #p %s 1 0 00001052", "spar n 1 3 @ #p %s 1 0 00000960")
    spoil(small, "data.noun", "06 n 03 mast 0 Spar 0 spar 0", "06 n 03 SPAR 0 Spar 0 spar 0")
    spoil(small, "index.noun", "starboard n 1", "spar n 1 3 @ #p %s 1 0 00001052\nstarboard n 1")
    with pytest.raises(tool.DictionaryError, match=r"got 2 named 'spar\.n\.01'"):
        tool.read_dictionary(small, io.StringIO())


def test_a_file_without_synsets_is_refused(small: Path) -> None:
    (small / "data.verb").write_text("  1 WordNet 9.1 Copyright 2026\n")
    with pytest.raises(tool.DictionaryError, match=r"data\.verb: expected synsets, got none"):
        tool.read_dictionary(small, io.StringIO())


def test_a_file_that_is_missing_is_named(small: Path) -> None:
    (small / "index.adv").unlink()
    with pytest.raises(tool.DictionaryError, match=r"index\.adv: no such file"):
        tool.read_dictionary(small, io.StringIO())


words = st.lists(st.text("aZ0'./,-_", min_size=1, max_size=5), min_size=1, max_size=20)
pointers = st.lists(
    st.tuples(st.sampled_from(sorted(tool.PREDICATES)), st.integers(0, 99_999_999)), max_size=12
).map(lambda few: few * 10)


@given(
    offset=st.integers(0, 99_999_999),
    words=words,
    pointers=pointers,
    gloss=st.text(' |;a"', max_size=5),
)
def test_a_line_reads_back_as_it_was_written(offset, words, pointers, gloss) -> None:
    line = f"{offset:08} 03 n {len(words):02x} {' '.join(f'{word} f' for word in words)} {len(pointers):03}"
    line += "".join(f" {symbol} {target:08} n 0a1f" for symbol, target in pointers)
    read = tool.parse_synset(f"{line} | {gloss}  \n")
    assert read.key == ("n", offset)
    assert read.words == tuple(word.replace("_", " ") for word in words)
    assert read.pointers == tuple((symbol, ("n", target)) for symbol, target in pointers)


async def graph_of(folder: Path, memory: pramana.Pramana) -> None:
    rows = rows_of(folder)
    added = await memory.graph.add_many(rows, source="wordnet")
    assert (added.added, added.known) == (len(rows), 0)
    for rule in parse_rules((folder / "wordnet.rules").read_text(encoding="utf-8")):
        await memory.graph.add_rule(rule.text, source="wordnet")


QUESTIONS = [
    ('Is every "sloop.n.01" a "thing.n.01"?', "true", 1.0),
    ('Is every "watercraft.n.01" a "boat.n.01"?', "unknown", 0.0),
    ('Is "argo.n.01" a "watercraft.n.01"?', "true", 1.0),
    ('Is everything that is an "argo.n.01" a "watercraft.n.01"?', "true", 1.0),
    ('Is every "mast.n.01" part of "sailing boat.n.01"?', "true", 0.9 * 0.9),
    ('Is every "mast.n.01" part of "thing.n.01"?', "true", 0.9 * 0.9),
    ('Is every "sloop.n.01" a member of "fleet.n.01"?', "true", 0.9),
    ('Is everything that is "soaked.s.01" "wet.a.01"?', "true", 0.9),
    ('Is everything that is "soaked.s.01" "dry.a.01"?', "false", 0.9),
    ('Is everything that is "afloat.a.01" "aground.a.01"?', "unknown", 0.0),
]


async def test_its_rules_prove_what_holds_of_everything_of_a_kind(small: Path, tmp_path: Path) -> None:
    tool.main([str(tmp_path / "out"), "--dict", str(small)])
    async with await pramana.open(":memory:") as memory:
        await graph_of(tmp_path / "out", memory)
        for question, verdict, confidence in QUESTIONS:
            said = await memory.graph.ask(question)
            assert (question, said.verdict) == (question, verdict)
            assert said.confidence == pytest.approx(confidence)
        for doing, relation, other in (
            ("steer.v.01", "entails", "move.v.01"),
            ("scuttle.v.01", "causes", "move.v.01"),
            ("oak.n.01", "substance_of", "mast.n.01"),
        ):
            await memory.graph.add("this", "is", doing)
            assert (await memory.graph.explain("this", relation, other)).verdict == "true"


async def test_nothing_follows_of_kinds_until_something_is_of_them(small: Path, tmp_path: Path) -> None:
    tool.main([str(tmp_path / "out"), "--dict", str(small)])
    async with await pramana.open(":memory:") as memory:
        await graph_of(tmp_path / "out", memory)
        derived = [fact for fact in await memory.graph.match(derived=True, limit=1000) if fact.derived]
        assert {fact.subject for fact in derived} == {"argo.n.01"}


@pytest.fixture(scope="module")
def wordnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (WORDNET / "data.noun").is_file():
        pytest.skip(f"no WordNet in {WORDNET}: apt-get install wordnet-base")
    folder = tmp_path_factory.mktemp("wordnet")
    assert tool.main([str(folder)]) == 0
    return folder


def test_wordnet_itself_is_read_whole(wordnet: Path) -> None:
    rows = rows_of(wordnet)
    counts = Counter(predicate for _, predicate, _ in rows)
    assert len({(subject, predicate, object_.lower()) for subject, predicate, object_ in rows}) == len(rows)
    assert len({subject for subject, _, _ in rows}) == 82_115 + 13_767 + 18_156 + 3_621, (
        "synsets, by wnstats(7WN)"
    )
    assert counts["called"] == 206_941, "pairs of word and sense, by wnstats(7WN)"
    for symbol, predicate in (("@", "is_a"), ("@i", "instance_of"), ("#p", "part_of"), ("#m", "member_of")):
        written = "".join((WORDNET / f"data.{part}").read_text() for part in ("noun", "verb"))
        assert counts[predicate] == written.count(f" {symbol} ")
    assert sum(".n." in subject and predicate != "called" for subject, predicate, _ in rows) > 100_000
    assert {
        ("whale.n.02", "is_a", "cetacean.n.01"),
        ("baleen whale.n.01", "called", "whalebone whale"),
        ("finger.n.01", "part_of", "hand.n.01"),
        ("paris.n.01", "instance_of", "national capital.n.01"),
        ("snore.v.01", "entails", "sleep.v.01"),
    } <= set(rows)
    head = (wordnet / "wordnet.csv").read_text(encoding="utf-8")[:2000]
    assert "# version: 3.0\n" in head
    assert "# WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.\n" in head


async def test_wordnet_answers_with_its_rules(wordnet: Path) -> None:
    async with await pramana.open(":memory:") as memory:
        await graph_of(wordnet, memory)
        whale = await memory.graph.ask('Is every "whale.n.02" a "mammal.n.01"?')
        assert (whale.verdict, whale.confidence) == ("true", 1.0)
        finger = await memory.graph.ask('Is every "finger.n.01" part of "body.n.01"?')
        assert (finger.verdict, finger.confidence) == ("true", pytest.approx(0.9**3))
        assert (await memory.graph.ask('Is "paris.n.01" part of "europe.n.01"?')).verdict == "true"
        assert (await memory.graph.ask('Is every "whale.n.02" a "fish.n.01"?')).verdict == "unknown"
        # All of is_a is 778,320 pairs: only what the individuals are was derived.
        derived = await memory.graph.match(predicate="is", derived=True, limit=1_000_000)
        assert 60_000 < len(derived) < 100_000
