/** The comment on a pull request: a table of the stacks, then what Pulumi said of each. */

export interface StackPreview {
  readonly stack: string;
  readonly succeeded: boolean;
  /** What `pulumi preview` printed; undefined where it did not run to its end. */
  readonly text: string | undefined;
}

export interface CommentArgs {
  /** Commit that was previewed. */
  readonly commit: string;
  readonly previews: readonly StackPreview[];
  /** Address of the workflow's run. @default no link */
  readonly runUrl: string | undefined;
}

/** First line of the comment, by which the next run finds it. */
export const MARKER = "<!-- aks-platform: preview -->";

/** GitHub accepts 65,536 characters; the rest is for the frame. */
const MAX_CHARACTERS = 60_000;

/** Writes the comment in Markdown. */
export function renderComment({ commit, previews, runUrl }: CommentArgs): string {
  const share = Math.floor(MAX_CHARACTERS / Math.max(1, previews.length));
  const lines = [
    MARKER,
    `## Pulumi preview of ${commit.slice(0, 7)}`,
    "",
    "| Stack | Result | Changes |",
    "|---|---|---|",
    ...previews.map((preview) => `| ${preview.stack} | ${result(preview)} | ${changes(preview)} |`),
    "",
    ...previews.flatMap((preview) => details(preview, share)),
  ];
  if (runUrl !== undefined) lines.push(`[Log of the run](${runUrl})`, "");
  return lines.join("\n");
}

function result({ succeeded, text }: StackPreview): string {
  if (text === undefined) return "not previewed";
  return succeeded ? "planned" : "**refused**";
}

/** Pulumi's counts, such as `+ 3 to create`; anything else could mention people or link somewhere. */
const COUNT = /^[-+~<>= ]*\d+ [a-z ]{1,30}(\. \d+ unchanged)?$/;
const MAX_COUNTS = 10;

/** The counts below `Resources:`. */
function changes({ text = "" }: StackPreview): string {
  const block = /^Resources:\s*\n((?: +.*\n?)+)/m.exec(text)?.[1];
  const lines = (block ?? "").split("\n").map((line) => line.trim());
  const counts = lines.filter((line) => COUNT.test(line)).slice(0, MAX_COUNTS);
  return counts.map((line) => `\`${line}\``).join("<br>") || "see below";
}

/** The end of a text, in whole characters. */
function tail(text: string, length: number): string {
  // The second half of a surrogate pair is no character.
  return text.slice(-length).replace(/^[\uDC00-\uDFFF]/, "");
}

function details({ stack, text, succeeded }: StackPreview, share: number): string[] {
  if (text === undefined) return [];
  const shown = text.length > share ? `(cut: the last ${share} characters)\n${tail(text, share)}` : text;
  // A fence longer than any run of backticks in the text cannot be closed by it.
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const open = succeeded ? "" : " open";
  return [
    `<details${open}><summary>${stack}</summary>`,
    "",
    `${fence}text`,
    shown.trimEnd(),
    fence,
    "",
    "</details>",
    "",
  ];
}
