// Person.

import { page } from "../route.js";

/** Person. */
export async function person() {
  return page("Person", []);
}
