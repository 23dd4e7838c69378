// Vacancies.

import { page } from "../route.js";

/** Vacancies. */
export async function vacancies() {
  return page("Vacancies", []);
}
