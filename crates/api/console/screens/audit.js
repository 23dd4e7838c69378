// Audit.

import { page } from "../route.js";

/** Audit. */
export async function audit() {
  return page("Audit", []);
}
