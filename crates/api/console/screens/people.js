// People's data.

import { page } from "../route.js";

/** People's data. */
export async function people() {
  return page("People's data", []);
}
