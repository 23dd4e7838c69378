// API keys.

import { page } from "../route.js";

/** API keys. */
export async function apiKeys() {
  return page("API keys", []);
}
