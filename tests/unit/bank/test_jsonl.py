from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pramana.bank.exporting import CHUNK_CHARS
from pramana.bank.files import SourceText
from pramana.errors import InputError, NotFoundError, StoreError
from tests.unit.bank.banks import DAY_MS, START_MS, Reopenable, StillClock, WordEmbedder, open_bank


async def exported(bank: Any) -> str:
    return "".join([chunk async for chunk in bank.export_lines()])


async def filled(**options: Any) -> Any:
    bank = await open_bank(**options)
    ids = await bank.store_many(
        [
            {
                "task_description": "alpha \u2028 beta",
                "tags": ["a", "b"],
                "metadata": {"x": [1, "ü"]},
                "created_ms": 5,
            },
            {"task_description": "gamma", "namespace": "other", "success_score": 0.25, "title": "Title"},
            {"task_description": "???", "source": ["t1"]},
            {"task_description": "gone"},
        ]
    )
    await bank.used(ids[:2], success=True)
    await bank.delete(ids[3])
    return bank


async def test_an_export_imported_elsewhere_is_the_same_bank_and_embeds_nothing() -> None:
    bank = await filled()
    text = await exported(bank)
    embedder = WordEmbedder()
    other = await open_bank(embedder=embedder, clock=StillClock(START_MS + DAY_MS))
    assert await other.import_lines(text) == {"added": 3, "updated": 0, "skipped": 0, "lines": 3}
    assert embedder.asked == []
    mine = [p.to_dict() for p in (await bank.list(namespace=None)).patterns]
    theirs = [p.to_dict() for p in (await other.list(namespace=None)).patterns]
    assert mine == theirs
    assert (await other.find_similar("alpha beta", k=1))[0].similarity == pytest.approx(
        (await bank.find_similar("alpha beta", k=1))[0].similarity
    )
    assert (await other.stats())["index"]["vectors"] == 2
    again = await other.import_lines(text)
    assert again == {"added": 0, "updated": 0, "skipped": 3, "lines": 3}
    assert (await other.stats())["head_seq"] == 1
    await bank.close()
    await other.close()


async def test_the_first_line_says_what_it_is() -> None:
    bank = await filled()
    header, *lines = (await exported(bank)).rstrip("\n").split("\n")
    assert json.loads(header) == {
        "pramana": {"format": 1, "embedder": "words@1", "dim": 64, "exported_ms": START_MS}
    }
    assert len(lines) == 3
    assert {json.loads(line)["task_description"] for line in lines} == {"alpha \u2028 beta", "gamma", "???"}
    assert [json.loads(line)["vector"] is None for line in lines].count(True) == 1
    await bank.close()


async def test_chunks_are_whole_lines_of_bounded_size() -> None:
    bank = await open_bank()
    await bank.store_many([{"task_description": f"task {n}", "content": "x" * 3000} for n in range(100)])
    chunks = [chunk async for chunk in bank.export_lines()]
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.endswith("\n")
        assert len(chunk) < CHUNK_CHARS + 5000
        for line in chunk.splitlines():
            json.loads(line)
    await bank.close()


async def test_another_embedders_vectors_are_not_used() -> None:
    bank = await filled()
    embedder = WordEmbedder(id="other@1", dim=16)
    other = await open_bank(embedder=embedder)
    await other.import_lines(await exported(bank))
    assert sorted(embedder.asked) == ["???", "Title. gamma", "alpha \u2028 beta"]
    pattern = (await other.list(namespace="other")).patterns[0]
    assert pattern.embedder == "other@1"
    await bank.close()
    await other.close()


async def test_lines_of_ones_own_need_a_task_alone() -> None:
    bank = await open_bank()
    counts = await bank.import_lines(
        '{"task_description": "one"}\n\n  \n{"task_description": "two", "tags": ["x"]}'
    )
    assert counts == {"added": 2, "updated": 0, "skipped": 0, "lines": 2}
    assert (await bank.find_similar("two", k=1))[0].pattern.tags == ("x",)
    await bank.close()


GOOD = {"task_description": "x"}
VECTOR = base64.b64encode(bytes(68)).decode()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{", "line"),
        ("[1]", "line"),
        ('"x"', "line"),
        ("[" * 100_000, "line"),
        (json.dumps({}), "task_description"),
        (json.dumps({**GOOD, "mood": 1}), "mood"),
        (json.dumps({**GOOD, "success_score": 3}), "success_score"),
        ('{"task_description": "x", "success_score": NaN}', "success_score"),
        (json.dumps({**GOOD, "tags": "a"}), "tags"),
        (json.dumps({**GOOD, "task_description": "\ud800"}), "task_description"),
        (json.dumps({**GOOD, "id": ""}), "id"),
        (json.dumps({**GOOD, "id": 4}), "id"),
        (json.dumps({**GOOD, "status": "deleted"}), "status"),
        (json.dumps({**GOOD, "updated": "yesterday"}), "updated"),
        (json.dumps({**GOOD, "updated": f"{START_MS + 2 * DAY_MS}-0000-aa"}), "updated"),
        (json.dumps({**GOOD, "evidence": []}), "evidence"),
        (json.dumps({**GOOD, "evidence": {"d": [1, 2, 3]}}), "evidence"),
        (json.dumps({**GOOD, "evidence": {"d": [1, -2, 3, 4]}}), "evidence"),
        (json.dumps({**GOOD, "evidence": {"d": [1, 2, 3, 0]}}), "evidence"),
        (json.dumps({**GOOD, "embedder": "words@1", "vector": "&"}), "vector"),
        (json.dumps({**GOOD, "embedder": "words@1", "vector": 7}), "vector"),
        (json.dumps({**GOOD, "embedder": "words@1", "vector": VECTOR}), "vector"),
        (json.dumps({**GOOD, "embedder": "words@1", "vector": VECTOR[:-8]}), "vector"),
        (json.dumps({"pramana": {"format": 1}}), "pramana"),
        (json.dumps({**GOOD, "id": "a"}), "id"),
    ],
)
async def test_a_bad_line_is_named_and_nothing_is_written(line: str, field: str) -> None:
    embedder = WordEmbedder()
    bank = await open_bank(embedder=embedder)
    lines = "\n".join([json.dumps({**GOOD, "id": "a"}), "", line, json.dumps(GOOD)])
    for on_conflict in ("newer", "error"):
        with pytest.raises(InputError, match="line 3") as caught:
            await bank.import_lines(lines, on_conflict=on_conflict)
        assert caught.value.details["line"] == 3
        assert caught.value.details["field"] == field
    assert embedder.asked == []
    assert (await bank.stats())["head_seq"] == 0
    await bank.close()


@pytest.mark.parametrize("header", [None, 1, {}, {"format": 2}, {"format": "1"}])
async def test_a_file_of_another_format_is_refused(header: Any) -> None:
    bank = await open_bank()
    with pytest.raises(InputError) as caught:
        await bank.import_lines(json.dumps({"pramana": header}) + "\n" + json.dumps(GOOD))
    assert caught.value.details == {"field": "format", "line": 1}
    await bank.close()


def line(pid: str, task: str, updated_ms: int, **more: Any) -> str:
    return json.dumps({"id": pid, "task_description": task, "updated": f"{updated_ms:013d}-0000-aa", **more})


@pytest.mark.parametrize(
    ("on_conflict", "kept", "uses"),
    [
        ("newer", ["new", "here"], [5, 4]),
        ("skip", ["here", "here"], [0, 0]),
        ("replace", ["new", "old"], [5, 4]),
    ],
)
async def test_conflicts(on_conflict: str, kept: list[str], uses: list[int]) -> None:
    bank = await open_bank()
    await bank.import_lines("\n".join([line("a", "here", START_MS), line("b", "here", START_MS)]))
    counts = await bank.import_lines(
        "\n".join(
            [
                line("a", "new", START_MS + 5, evidence={"d": [1, 0, 5, 9]}),
                line("b", "old", START_MS - 5, evidence={"d": [1, 0, 4, 9]}),
                line("c", "fresh", START_MS),
            ]
        ),
        on_conflict=on_conflict,
    )
    patterns = [pattern for pattern in await bank.get_many(["a", "b"]) if pattern]
    assert [pattern.task_description for pattern in patterns] == kept
    assert [pattern.usage_count for pattern in patterns] == uses
    assert counts["added"] == 1
    assert counts["updated"] == sum(text != "here" for text in kept)
    assert counts["skipped"] == 2 - counts["updated"]
    await bank.close()


async def test_error_on_conflict_refuses_the_file_before_it_writes() -> None:
    bank = await open_bank()
    await bank.import_lines(line("b", "here", START_MS))
    lines = "\n".join([json.dumps(GOOD) for _ in range(600)] + [line("b", "other", START_MS)])
    with pytest.raises(InputError, match="line 601"):
        await bank.import_lines(lines, on_conflict="error")
    assert (await bank.stats())["patterns"] == 1
    with pytest.raises(InputError) as caught:
        await bank.import_lines("{}", on_conflict="overwrite")
    assert caught.value.details["field"] == "on_conflict"
    await bank.close()


async def test_evidence_of_both_sides_is_merged_by_device() -> None:
    bank = await open_bank()
    await bank.import_lines(line("a", "x", START_MS, evidence={"d": [1, 2, 9, 50], "e": [0, 1, 1, 10]}))
    await bank.used(["a"], success=True)
    await bank.import_lines(line("a", "x", START_MS, evidence={"d": [2, 1, 8, 60], "f": [1, 0, 1, 1]}))
    pattern = await bank.get("a")
    assert pattern is not None
    own = pattern.evidence.pop(bank.database.state.device)
    assert own == [1, 0, 1, START_MS]
    assert pattern.evidence == {"d": [2, 2, 9, 60], "e": [0, 1, 1, 10], "f": [1, 0, 1, 1]}
    await bank.close()


async def test_a_newer_line_brings_a_deleted_pattern_back_with_its_counts() -> None:
    clock = StillClock()
    bank = await open_bank(clock=clock)
    await bank.import_lines(line("a", "alpha", START_MS, evidence={"d": [1, 0, 1, 5]}))
    await bank.delete("a")
    assert (await bank.import_lines(line("a", "alpha", START_MS)))["skipped"] == 1
    assert await bank.get("a") is None
    clock.ms += 10
    counts = await bank.import_lines(line("a", "alpha again", START_MS + 9))
    assert counts["added"] == 1
    pattern = await bank.get("a")
    assert pattern is not None
    assert pattern.usage_count == 1
    assert (await bank.stats())["deleted"] == 0
    assert (await bank.find_similar("alpha again", k=1))[0].parts["exact"] == 1.0
    await bank.close()


async def test_an_update_is_later_than_what_it_updates_even_from_a_fast_clock() -> None:
    bank = await open_bank()
    await bank.import_lines(line("a", "x", START_MS + DAY_MS // 2))
    before = await bank.get("a")
    await bank.update("a", strategy="s")
    after = await bank.get("a")
    assert before is not None
    assert after is not None
    assert after.updated > before.updated
    await bank.close()


async def test_a_dry_run_checks_and_writes_nothing() -> None:
    bank = await open_bank()
    assert (await bank.import_lines(json.dumps(GOOD), dry_run=True)) == {
        "added": 0,
        "updated": 0,
        "skipped": 0,
        "lines": 1,
    }
    with pytest.raises(InputError, match="line 7"):
        await bank.import_lines("{}", dry_run=True, first_line=7)
    assert (await bank.stats())["head_seq"] == 0
    await bank.close()


async def test_a_retried_import_doubles_nothing() -> None:
    bank = await open_bank()
    lines = "\n".join(json.dumps({"task_description": f"t {n}"}) for n in range(700))
    first = await bank.import_lines(lines, request_id="r")
    assert first["added"] == 700
    assert await bank.import_lines(lines, request_id="r") == first
    assert (await bank.stats())["patterns"] == 700
    assert (await bank.stats())["head_seq"] == 2
    await bank.close()


async def test_files_are_written_whole_and_read_back(tmp_path: Path) -> None:
    bank = await filled()
    path = tmp_path / "bank.jsonl"
    path.write_text("what was there")
    assert await bank.export_jsonl(path) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["bank.jsonl"]
    other = await open_bank()
    assert (await other.import_jsonl(str(path)))["added"] == 3
    assert (await other.import_jsonl(io.BytesIO(path.read_bytes())))["skipped"] == 3
    assert (await other.import_jsonl(io.StringIO(path.read_text(encoding="utf-8"))))["skipped"] == 3
    await bank.close()
    await other.close()


async def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    class Failing(Reopenable):
        async def scan(self) -> Any:  # type: ignore[override]
            async for rows in super().scan():
                yield rows
            raise StoreError("the disk is gone")

    bank = await open_bank()
    bank._store = Failing()
    await bank._store.open()
    path = tmp_path / "bank.jsonl"
    path.write_text("what was there")
    with pytest.raises(StoreError):
        await bank.export_jsonl(path)
    assert path.read_text() == "what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["bank.jsonl"]
    with pytest.raises(StoreError, match="cannot be written"):
        await bank.export_jsonl(tmp_path / "no" / "where")
    await bank.close()


async def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    bank = await open_bank()
    with pytest.raises(NotFoundError):
        await bank.import_jsonl(tmp_path / "none")
    with pytest.raises(StoreError, match="is a directory; name a file in it"):
        await bank.import_jsonl(tmp_path)
    latin = tmp_path / "latin"
    latin.write_bytes(b'{"task_description": "a"}\n{"task_description": "caf\xe9"}\n')
    with pytest.raises(InputError, match="line 2: not UTF-8"):
        await bank.import_jsonl(latin)
    with pytest.raises(InputError):
        await bank.import_jsonl(7)  # type: ignore[arg-type]
    assert (await bank.stats())["patterns"] == 0
    await bank.close()


@pytest.mark.parametrize(
    "given",
    [
        "",
        json.dumps(GOOD),
        "\n".join([json.dumps(GOOD)] * 300),
        json.dumps({**GOOD, "content": "x" * 100_000}),
        json.dumps({**GOOD, "content": "a/b\0"}, ensure_ascii=False) + "\0",
        "\ud800",
        7,
        None,
    ],
    ids=["empty", "line", "lines", "long", "zero", "surrogate", "number", "nothing"],
)
async def test_a_text_is_no_path_and_is_not_repeated(given: Any) -> None:
    bank = await open_bank()
    with pytest.raises(InputError, match="source must be a path or a file open for reading") as caught:
        await bank.import_jsonl(given)
    assert len(str(caught.value)) < 200
    assert len(json.dumps(caught.value.details)) < 200
    assert (await bank.stats())["head_seq"] == 0
    await bank.close()


async def test_a_file_may_be_named_like_jsonl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("{x}.jsonl").write_text(json.dumps(GOOD))
    bank = await open_bank()
    assert (await bank.import_jsonl("{x}.jsonl"))["added"] == 1
    await bank.close()


async def test_on_conflict_is_checked_without_any_line(tmp_path: Path) -> None:
    bank = await open_bank()
    (tmp_path / "empty").touch()
    assert (await bank.import_jsonl(tmp_path / "empty"))["lines"] == 0
    # A bank in another tab only hears of what is sent to it.
    with SourceText(tmp_path / "empty") as file:
        assert [*file.chunks()] == [(1, "")]
    for work in (
        bank.import_jsonl(tmp_path / "empty", on_conflict="overwrite"),
        bank.import_lines("", on_conflict="overwrite", dry_run=True),
    ):
        with pytest.raises(
            InputError, match="on_conflict must be one of newer, skip, replace, error; got the text"
        ):
            await work
    await bank.close()


async def test_a_large_file_is_checked_to_its_end_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pramana.bank.files.READ_CHARS", 1000)
    bank = await open_bank()
    path = tmp_path / "large"
    lines = [
        json.dumps({"id": f"p{n}", "task_description": f"täsk {n}"}, ensure_ascii=False) for n in range(200)
    ]
    path.write_text("\ufeff" + "\n".join([*lines, lines[3]]), encoding="utf-8")
    with pytest.raises(InputError, match=r"line 201: .*line 4 too"):
        await bank.import_jsonl(path)
    assert (await bank.stats())["patterns"] == 0
    path.write_text("\n".join(lines), encoding="utf-8")
    assert (await bank.import_jsonl(path))["added"] == 200
    await bank.close()
