// Exports.

import { page } from "../route.js";

/** Exports. */
export async function exports() {
  return page("Exports", []);
}
