/**
 * The worker in which the layout is worked out.
 *
 * In: `{graph: {version, links, positions, animate}}`, `{hold: {node, x, y}}`, `{release: true}`.
 * Out: `{version, positions, settled}`, about once a frame, or only when it is settled where nothing is to move.
 */

import { ForceLayout } from "./forces.js";

const SLICE_MS = 14;
/** While a node is dragged: one step a frame, since it is the page that has to be quick. */
const FRAME_MS = 16;

/** @type {{version: number, animate: boolean, layout: ForceLayout} | null} */
let current = null;
let running = false;

self.addEventListener("message", ({ data }) => {
  if (data.graph) {
    const { version, links, positions, animate } = data.graph;
    current = { version, animate, layout: new ForceLayout(links, positions, current?.layout.heat) };
  } else if (data.hold) {
    current?.layout.hold(data.hold.node, data.hold.x, data.hold.y);
  } else {
    current?.layout.release();
  }
  if (!running) run();
});

/** Some steps, then a turn for the messages that came meanwhile. */
function run() {
  if (!current) return;
  const { version, animate, layout } = current;
  const end = performance.now() + SLICE_MS;
  while (!layout.settled) {
    layout.step();
    if (layout.holds || performance.now() >= end) break;
  }
  if (animate || layout.settled) {
    const positions = new Float32Array(2 * layout.x.length);
    for (let i = 0; i < layout.x.length; i++) {
      positions[2 * i] = layout.x[i];
      positions[2 * i + 1] = layout.y[i];
    }
    self.postMessage({ version, positions, settled: layout.settled }, { transfer: [positions.buffer] });
  }
  running = !layout.settled;
  if (running) setTimeout(run, layout.holds ? FRAME_MS : 0);
}
