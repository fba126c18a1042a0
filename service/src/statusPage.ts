import { createHash } from "node:crypto";
import type { DependencyHealth } from "./data/items";
import type { Status } from "./routes/status";

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --paper: #fff; --line: #d0d7de; --good: #116329; --bad: #a40e26; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --quiet: #9da7b1; --paper: #0d1117; --line: #30363d; --good: #56d364; --bad: #ff7b72; }
}
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.75rem; margin: 0; } h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; } h2 span { font-weight: 400; font-size: .875rem; }
p { margin: .25rem 0; } .quiet { color: var(--quiet); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem; margin: 0; }
dl div { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
dt { color: var(--quiet); font-size: .875rem; } dd { margin: 0; font-size: 1.25rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .5rem; text-align: left; }
.up { color: var(--good); } .down { color: var(--bad); font-weight: 600; }
.up::before { content: "● "; } .down::before { content: "▲ "; }
footer { margin-top: 1.5rem; }
`;

/** Replaces what changes every five seconds; a failure is said, for old figures look like new ones. */
const SCRIPT = `
const show = (fields) => {
  for (const [name, text] of Object.entries(fields)) document.getElementById(name).textContent = text;
};
const rows = (dependencies) => dependencies.map(({ name, status, latencyMs }) => {
  const row = document.createElement("tr");
  for (const [tag, text] of [["th", name], ["td", status], ["td", latencyMs + " ms"]]) {
    const cell = document.createElement(tag);
    if (tag === "th") cell.scope = "row";
    cell.textContent = text;
    row.append(cell);
  }
  row.children[1].className = status;
  return row;
});
const update = async () => {
  try {
    const response = await fetch("/status.json");
    if (!response.ok) throw new Error("status " + response.status);
    const status = await response.json();
    show({
      phase: status.phase,
      uptime: status.uptimeSeconds + " s",
      rate: status.requestsPerSecond.toFixed(1) + " / s",
      requests: status.requests,
      errors: status.errors,
      budget: (100 * status.errorBudgetLeft).toFixed(1) + " %",
      freshness: "Updated " + new Date().toLocaleTimeString(),
    });
    if (status.dependencies.length > 0) document.getElementById("dependencies").replaceChildren(...rows(status.dependencies));
  } catch (error) {
    show({ freshness: "Not up to date: " + error.message });
  }
};
update();
setInterval(update, 5000);
`;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Content-Security-Policy of the page: its own style and script by their hashes, and its own figures; nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string | number): string {
  return String(text).replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

function figure(label: string, id: string, value: string | number): string {
  return `<div><dt>${label}</dt><dd id="${id}">${escape(value)}</dd></div>`;
}

function dependencyRow({ name, status, latencyMs }: DependencyHealth): string {
  return `<tr><th scope="row">${escape(name)}</th><td class="${status}">${status}</td><td>${latencyMs} ms</td></tr>`;
}

/** The page, complete without its script; figures as they are now. */
export function renderStatusPage(status: Status): string {
  const { dependencies } = status;
  const none = '<tr><td colspan="3">None are configured.</td></tr>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AKS platform API: status</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escape(status.message)}</h1>
<p class="quiet">Version ${escape(status.version)}, commit ${escape(status.commit)}${
    status.region === undefined ? "" : `, region ${escape(status.region)}`
  }</p>
</header>
<main>
<h2>This instance</h2>
<dl>
${figure("Phase", "phase", status.phase)}
${figure("Up for", "uptime", `${status.uptimeSeconds} s`)}
${figure("Requests now", "rate", `${status.requestsPerSecond.toFixed(1)} / s`)}
</dl>
<h2>Last hour <span class="quiet">(objective ${100 * status.objective} % without error)</span></h2>
<dl>
${figure("Requests", "requests", status.requests)}
${figure("Errors", "errors", status.errors)}
${figure("Error budget left", "budget", `${(100 * status.errorBudgetLeft).toFixed(1)} %`)}
</dl>
<h2>Dependencies</h2>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Latency</th></tr></thead>
<tbody id="dependencies">${dependencies.length === 0 ? none : dependencies.map(dependencyRow).join("")}</tbody>
</table>
</main>
<footer>
<p class="quiet" id="freshness" role="status">As of when the page was loaded</p>
</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
