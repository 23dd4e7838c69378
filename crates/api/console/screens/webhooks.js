// Webhooks.

import { page } from "../route.js";

/** Webhooks. */
export async function webhooks() {
  return page("Webhooks", []);
}
