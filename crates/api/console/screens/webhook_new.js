// Create Webhook.

import { page } from "../route.js";

/** Create Webhook. */
export async function createWebhook() {
  return page("Create Webhook", []);
}
