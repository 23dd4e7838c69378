// Receipt.

import { page } from "../route.js";

/** Receipt. */
export async function receipt() {
  return page("Receipt", []);
}
