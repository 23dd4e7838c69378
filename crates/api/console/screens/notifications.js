// Notifications.

import { page } from "../route.js";

/** Notifications. */
export async function notifications() {
  return page("Notifications", []);
}
