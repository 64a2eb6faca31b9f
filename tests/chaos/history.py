"""Every write to a video, kept by a trigger of this run's database: was each of them a verb of the model?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg

Columns = dict[str, Any]

_KEPT: LiteralString = """
    CREATE TABLE chaos_history (
        number bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, before jsonb, after jsonb
    );
    CREATE FUNCTION chaos_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO chaos_history (at, before, after)
            VALUES (statement_timestamp(), to_jsonb(OLD), to_jsonb(NEW));
            RETURN NULL;
        END
    $$;
    CREATE TRIGGER chaos_keep AFTER INSERT OR UPDATE OR DELETE ON courses_video
        FOR EACH ROW WHEN (current_setting('chaos.untold', true) IS NULL) EXECUTE FUNCTION chaos_keep();
"""
_LEASE = {"lease_token", "lease_until"}
_DESCRIPTION = {"description", "description_version", "description_by_id", "revision"}
_TITLE = {"title", "title_version", "title_by_id", "revision"}
_SETTLED = _LEASE | {"revision", "status", "settled_at"}
_BACK = {"due_at", "attempts", "revision"}
_AS_NEW = {
    *("revision", "status", "reason", "settled_at"),
    *("attempts", "deferrals", "due_at", "requested_at"),
}


def begin(own: psycopg.Connection[Any]) -> None:
    own.execute(_KEPT)


@dataclass(frozen=True)
class Write:
    at: datetime
    before: Columns
    after: Columns

    @property
    def changed(self) -> set[str]:
        return {name for name in self.after if self.before[name] != self.after[name]}

    @property
    def lease_was_live(self) -> bool:
        until = self.before["lease_until"]
        return until is not None and datetime.fromisoformat(until) >= self.at

    def verb(self) -> str:
        """Which one it was by what it changed; empty if it was none, or was not allowed."""
        if not self.before:
            return "request"
        if not self.after:
            return ""
        was, now, changed = self.before, self.after, self.changed
        may = {
            "claim": changed == _LEASE | {"attempts"}
            and self._is_under_way()
            and not self.lease_was_live
            and now["attempts"] == was["attempts"] + 1 <= 3,
            "renew": changed == {"lease_until"} and self._is_under_way() and self.lease_was_live,
            "complete": changed == _SETTLED and self._settles("linked"),
            "fail": changed == _SETTLED | {"reason"} and self._settles("failed"),
            "defer": changed == _LEASE | {"revision", "due_at", "attempts", "deferrals"}
            and self._is_under_way()
            and self.lease_was_live
            and now["attempts"] == was["attempts"] - 1,
            "give up": {"status", "reason"} <= changed <= _SETTLED | {"reason"}
            and now["reason"] == "attempts"
            and was["attempts"] >= 3
            and not self.lease_was_live,
            "retry": {"status", "reason"} <= changed <= _AS_NEW
            and (was["status"], now["status"]) == ("failed", "linking")
            and was["removed_at"] is None,
            "remove": {"removed_at"}
            <= changed
            <= _LEASE | {"removed_at", "removed_by_id", "revision"}
            and was["removed_at"] is None,
            "restore": {"removed_at"} <= changed <= {"removed_at", "removed_by_id", *_BACK}
            and now["removed_at"] is None,
            "rename": {"title_version"} <= changed <= _TITLE
            and now["title_version"] == was["title_version"] + 1
            and was["removed_at"] is None,
            "describe": {"description_version"} <= changed <= _DESCRIPTION
            and now["description_version"] == was["description_version"] + 1
            and was["removed_at"] is None,
            "publish": changed == {"published", "revision"} and was["removed_at"] is None,
            "show anew": changed == {"revision"} and was["status"] == "failed",
            "move": {"position"} <= changed <= {"position", "chapter_id", "revision"},
        }
        verb = next((verb for verb, is_it in may.items() if is_it), "")
        told = verb in ("claim", "renew") or now["revision"] > was["revision"]
        return verb if told else ""

    def _is_under_way(self) -> bool:
        return self.before["status"] == "linking" and self.before["removed_at"] is None

    def _settles(self, status: str) -> bool:
        return self._is_under_way() and self.lease_was_live and self.after["status"] == status


def read(rows: Iterable[Columns]) -> list[Write]:
    return [Write(row["at"], row["before"] or {}, row["after"] or {}) for row in rows]


def verbs(writes: Iterable[Write]) -> Counter[str]:
    return Counter(write.verb() for write in writes)


def no_verbs(writes: Iterable[Write]) -> list[str]:
    """Writes that no verb of the model allows."""
    return [
        f"at {write.at:%H:%M:%S.%f} {write.before.get('id')} was written to by no verb: "
        + ", ".join(
            f"{name} {write.before.get(name)} -> {write.after.get(name)}"
            for name in sorted(write.changed)
        )
        for write in writes
        if not write.verb()
    ]
