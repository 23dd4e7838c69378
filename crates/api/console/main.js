// The start of the console: shows that its scripts run.
import { operations } from "./api.js";

const said = document.getElementById("said");
said.textContent = `Ready: ${Object.keys(operations).length} operation`;
