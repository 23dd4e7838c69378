// Webhook.

import { page } from "../route.js";

/** Webhook. */
export async function webhook() {
  return page("Webhook", []);
}
