/**
 * A tab at a database without the engine: as the leader it keeps rows through Records, as a follower it asks.
 * Methods: "put" {id, text} stores once per request id, "all" lists the texts, "slow" ends when cancelled,
 * "export_jsonl" {n} emits n chunks, "block" {ms, breath_ms, times} hangs that often with a breath between, others throw.
 */
import { join } from "/src/store.js";
import { Records } from "/pages/records.js";

export function block(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

export async function sit(name, options) {
  const seat = await join(name, options);
  const events = [];
  let answered = 0;
  let records = null;

  async function lead() {
    records = new Records(await seat.openDatabase());
    seat.serve(async (method, paramsJson, requestId, emit, signal) => {
      const params = JSON.parse(paramsJson);
      answered++;
      switch (method) {
        case "put":
          await records.put([params], { requestId });
          seat.broadcast("change", JSON.stringify({ id: params.id }));
          return '{"ok": null}';
        case "all":
          return JSON.stringify({ ok: await records.all() });
        case "slow":
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return '{"error": {"code": "cancelled", "message": "cancelled", "details": {}}}';
        case "block":
          for (let i = 0; i < params.times; i++) {
            block(params.ms);
            await new Promise((resolve) => setTimeout(resolve, params.breath_ms));
          }
          return '{"ok": null}';
        case "export_jsonl":
          for (let i = 0; i < params.n; i++) emit(JSON.stringify(i));
          if (params.hang) await new Promise(() => undefined);
          return '{"ok": null}';
        default:
          throw new Error("broken");
      }
    });
  }

  seat.addEventListener("role", ({ detail }) => {
    events.push(detail);
    if (detail === "leader") lead();
  });
  seat.addEventListener("notice", ({ detail }) => events.push(`${detail.kind} ${detail.json}`));
  seat.addEventListener("closed", ({ detail }) => events.push(`lost ${detail.code}`));
  if (seat.role === "leader") await lead();
  return {
    seat,
    events,
    answered: () => answered,
    /** As a leader does that does not know yet that it is none: in a transaction that begins at once. */
    write: (key) => records.database.setMeta(JSON.stringify({ [key]: 1 })),
    call: (method, params, options) => seat.call(method, JSON.stringify(params ?? {}), options),
  };
}
