// Vacancy.

import { page } from "../route.js";

/** Vacancy. */
export async function vacancy() {
  return page("Vacancy", []);
}
