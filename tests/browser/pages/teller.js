/**
 * A tab at a database without the engine: as the leader it keeps rows through Records, as a follower it asks.
 * Methods: "put" {id, text} stores once per request id, "all" lists the texts, "slow" ends when cancelled,
 * "export_jsonl" {n} emits n chunks, "fail" throws.
 */
import { join } from "/src/store.js";
import { Records } from "/pages/records.js";

export async function sit(name, options) {
  const seat = await join(name, options);
  const events = [];
  let answered = 0;

  async function lead() {
    const records = new Records(await seat.openDatabase());
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
    lead();
  });
  seat.addEventListener("notice", ({ detail }) => events.push(`${detail.kind} ${detail.json}`));
  seat.addEventListener("closed", ({ detail }) => events.push(`lost ${detail.code}`));
  if (seat.role === "leader") await lead();
  return {
    seat,
    events,
    answered: () => answered,
    call: (method, params, options) => seat.call(method, JSON.stringify(params ?? {}), options),
  };
}
