// Support desk.

import { page } from "../route.js";

/** Support desk. */
export async function desk() {
  return page("Support desk", []);
}
