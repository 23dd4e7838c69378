// Export.

import { page } from "../route.js";

/** Export. */
export async function exportPage() {
  return page("Export", []);
}
