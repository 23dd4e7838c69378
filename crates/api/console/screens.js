// The address of each screen.

import { apiKeys } from "./screens/api_keys.js";
import { attempts } from "./screens/attempts.js";
import { audit } from "./screens/audit.js";
import { desk } from "./screens/desk.js";
import { exportPage } from "./screens/export.js";
import { exports } from "./screens/exports.js";
import { notifications } from "./screens/notifications.js";
import { people } from "./screens/people.js";
import { person } from "./screens/person.js";
import { receipt } from "./screens/receipt.js";
import { vacancies } from "./screens/vacancies.js";
import { vacancy } from "./screens/vacancy.js";
import { webhook } from "./screens/webhook.js";
import { createWebhook } from "./screens/webhook_new.js";
import { replaceWebhook } from "./screens/webhook_replace.js";
import { webhooks } from "./screens/webhooks.js";

/** `[address, screen, role]`; the first that fits is shown. A role: it alone has any use for the screen. */
export const table = [
  ["/webhooks", webhooks],
  ["/webhooks/new", createWebhook, "org_admin"],
  ["/webhooks/:id", webhook],
  ["/webhooks/:id/replace", replaceWebhook, "org_admin"],
  ["/vacancies", vacancies],
  ["/vacancies/:id", vacancy],
  ["/exports", exports],
  ["/exports/:id", exportPage],
  ["/exports/:id/receipt", receipt],
  ["/desk", desk],
  ["/attempts", attempts],
  ["/audit", audit],
  ["/api-keys", apiKeys, "org_admin"],
  ["/notifications", notifications],
  ["/people", people, "org_admin"],
  ["/people/:id", person, "org_admin"],
];
