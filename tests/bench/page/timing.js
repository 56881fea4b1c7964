// Timing one call many times, and what a figure carries.

/** @param {number[]} ms */
export function summary(ms) {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (q) => sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(q * sorted.length) - 1))];
  return { p50_ms: at(0.5), p95_ms: at(0.95), runs: ms.length };
}

/** @param {(i: number) => any} call */
export function measure(call, runs, warmup = 3) {
  for (let i = 0; i < warmup; i++) call(i);
  const ms = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    call(i);
    ms.push(performance.now() - start);
  }
  return summary(ms);
}
