/** A teller in a worker, which a page can kill. */
import { sit } from "/pages/teller.js";

self.onmessage = async ({ data: name }) => {
  const teller = await sit(name);
  self.postMessage(teller.seat.role);
};
