// Replace.

import { page } from "../route.js";

/** Replace. */
export async function replaceWebhook() {
  return page("Replace", []);
}
