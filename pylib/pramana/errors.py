"""Every error Pramana raises, and how one crosses to JavaScript and back.

    PramanaError
    ├── InputError (ValueError)            what was passed in is not acceptable
    │   ├── DimensionError
    │   └── RuleError, NotUnderstoodError  a rule, or an English sentence, cannot be taken
    ├── NotFoundError (LookupError)
    ├── ReadOnlyError, ClosedError, CancelledError
    ├── StoreError                         the disk's fault
    │   ├── QuotaError, StorageUnavailableError, CorruptError, InUseError
    │   ├── SchemaError, UpgradeBlockedError, VersionChangedError
    │   └── HeadMovedError, EpochLostError another writer was first
    ├── KernelError
    │   └── KernelHashError, KernelUnavailableError
    ├── EmbedderError
    │   ├── EmbedderAuthError, EmbedderUnreachableError
    │   └── EmbedderMismatchError
    ├── BudgetError, ProofError            inference would go too far; a proof does not hold
    └── ProtocolError, BootError, OfflineError

`code` is stable and listed in protocol.json; `details` holds JSON values. Both survive pickling and the wire.
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "BootError",
    "BudgetError",
    "CancelledError",
    "ClosedError",
    "CorruptError",
    "DimensionError",
    "EmbedderAuthError",
    "EmbedderError",
    "EmbedderMismatchError",
    "EmbedderUnreachableError",
    "EpochLostError",
    "HeadMovedError",
    "InUseError",
    "InputError",
    "KernelError",
    "KernelHashError",
    "KernelUnavailableError",
    "NotFoundError",
    "NotUnderstoodError",
    "OfflineError",
    "PramanaError",
    "ProofError",
    "ProtocolError",
    "QuotaError",
    "ReadOnlyError",
    "RuleError",
    "SchemaError",
    "StorageUnavailableError",
    "StoreError",
    "UpgradeBlockedError",
    "VersionChangedError",
    "from_wire",
    "to_wire",
]


class PramanaError(Exception):
    """Base of all errors; `str(error)` says what happened and what to do."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, /, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.message, self.details))


class InputError(PramanaError, ValueError):
    """A value is not acceptable. `details["field"]` names it; `details["index"]` its place in a batch."""

    code = "invalid_input"


class DimensionError(InputError):
    """A vector's length is not the index's dimension (`details`: expected, got)."""

    code = "dimension_mismatch"


class RuleError(InputError):
    """A rule does not parse, is not safe, or makes a set that cannot be stratified.

    `details["at"]` is the character, `details["variable"]` or `details["cycle"]` the variable or predicates at fault.
    """

    code = "invalid_rule"


class NotUnderstoodError(InputError):
    """A sentence is outside the controlled English; nothing of the text was taken.

    `details`: `sentence`, `index` (from 0), `start` and `end` (characters of the text), `nearest` (an accepted form, if
    one is near).
    """

    code = "not_understood"


class NotFoundError(PramanaError, LookupError):
    """No record, or no database, has that name."""

    code = "not_found"


class ReadOnlyError(PramanaError):
    """A write was asked of a memory opened read-only."""

    code = "read_only"


class ClosedError(PramanaError):
    """The memory was closed."""

    code = "closed"


class CancelledError(PramanaError):
    """The caller cancelled before the commit started; nothing was written."""

    code = "cancelled"


class StoreError(PramanaError):
    """The storage engine reported a failure; nothing of the write was stored."""

    code = "store_failed"


class QuotaError(StoreError):
    """Disk or quota full. `details["not_written"]` names the records that were not stored."""

    code = "quota_exceeded"


class StorageUnavailableError(StoreError):
    """This place cannot keep data at all; ":memory:" works."""

    code = "storage_unavailable"


class HeadMovedError(StoreError):
    """Another process committed first; the writer catches up and retries."""

    code = "head_moved"


class EpochLostError(StoreError):
    """Another tab took over as leader; this writer's commit was refused."""

    code = "epoch_lost"


class SchemaError(StoreError):
    """The database was written by a newer release."""

    code = "schema_newer"


class UpgradeBlockedError(StoreError):
    """Another tab holds an older version of the database open."""

    code = "upgrade_blocked"


class VersionChangedError(StoreError):
    """Another tab upgraded or deleted the database while it was open here."""

    code = "version_changed"


class InUseError(StoreError):
    """The database is open elsewhere."""

    code = "in_use"


class CorruptError(StoreError):
    """Stored data fails its checksum or its hash chain."""

    code = "corrupt"


class KernelError(PramanaError):
    """A kernel returned an error status (`details`: kernel, call, status)."""

    code = "kernel_failed"


class KernelHashError(KernelError):
    """A kernel or model file is not the one that was released."""

    code = "kernel_hash_mismatch"


class KernelUnavailableError(KernelError):
    """No WebAssembly runtime could load the kernel."""

    code = "kernel_unavailable"


class EmbedderError(PramanaError):
    """The embedder returned something unusable."""

    code = "embedder_failed"


class EmbedderAuthError(EmbedderError):
    """The embedder's server does not accept the key, or does not allow it this model (`details`: id, status)."""

    code = "embedder_auth"


class EmbedderUnreachableError(EmbedderError):
    """The embedder's server cannot be reached, or is still too busy after retries (`details`: id, status if any)."""

    code = "embedder_unreachable"


class EmbedderMismatchError(EmbedderError):
    """The database was written with another embedder (`details`: stored_id, stored_dim, given_id, given_dim)."""

    code = "embedder_mismatch"


class ProtocolError(PramanaError):
    """Another tab runs a different release; reload."""

    code = "protocol_mismatch"


class BootError(PramanaError):
    """A file that Pramana needs could not be loaded."""

    code = "boot_failed"


class OfflineError(PramanaError):
    """Offline use could not be set up."""

    code = "offline_unavailable"


class BudgetError(PramanaError):
    """Inference or a search reached its budget; everything is as it was before.

    `details["budget"]` names it ("max_derived", "timeout_s" …), `details["limit"]` is its value.
    """

    code = "budget_exceeded"


class ProofError(PramanaError):
    """A proof does not hold; `details["step"]` is the index of the step that fails."""

    code = "invalid_proof"


def _rebuild(cls: type[PramanaError], message: str, details: dict[str, Any]) -> PramanaError:
    return cls(message, **details)


def _tree(cls: type[PramanaError]) -> dict[str, type[PramanaError]]:
    found = {cls.code: cls}
    for child in cls.__subclasses__():
        found |= _tree(child)
    return found


BY_CODE: dict[str, type[PramanaError]] = _tree(PramanaError)


def to_wire(error: BaseException) -> dict[str, Any]:
    """Return `{code, message, details}`; an error of another kind becomes code "error" with its type's name."""
    if isinstance(error, PramanaError):
        return {"code": error.code, "message": error.message, "details": error.details}
    return {"code": PramanaError.code, "message": f"{type(error).__name__}: {error}", "details": {}}


def from_wire(wire: dict[str, Any]) -> PramanaError:
    """Rebuild the error that `to_wire` described; an unknown code becomes a plain PramanaError."""
    cls = BY_CODE.get(wire.get("code", ""), PramanaError)
    return cls(str(wire.get("message", "")), **wire.get("details") or {})
