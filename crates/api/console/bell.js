// The bell: what is new for whoever is here.

import { link } from "./route.js";

/** The bell, which goes on by itself. */
export function bell() {
  return link("Notifications", "/notifications");
}
