import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

import { MARKER, renderComment } from "../../ops/ci/commentBody";
import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { createHome } from "../support/engine";
import { runStep, type StepResult } from "./support/run";

interface Comment {
  id: number;
  body: string;
  html_url: string;
  user: { type: string };
}

/** GitHub's comments on pull request 12 of acme/platform. */
async function serveGithub(comments: Comment[], refuse = false) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
      const reply = (status: number, value: unknown): void => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
      };
      const url = new URL(request.url ?? "", "http://localhost");
      const { body } = JSON.parse(Buffer.concat(chunks).toString() || "{}") as { body?: string };
      const edited = comments.find(({ id }) => url.pathname === `/repos/acme/platform/issues/comments/${id}`);
      if (refuse) reply(403, { message: "Resource not accessible by integration" });
      else if (request.method === "PATCH" && edited) reply(200, Object.assign(edited, { body }));
      else if (url.pathname !== "/repos/acme/platform/issues/12/comments")
        reply(404, { message: "Not Found" });
      else if (request.method === "GET") {
        const page = Number(url.searchParams.get("page"));
        const size = Number(url.searchParams.get("per_page"));
        reply(200, comments.slice((page - 1) * size, page * size));
      } else {
        comments.push(comment(comments.length + 1, body ?? "", "Bot"));
        reply(201, comments.at(-1));
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    api: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function comment(id: number, body: string, type: string): Comment {
  return { id, body, html_url: `https://github.example/c/${id}`, user: { type } };
}

const RESOURCES = "Previewing (dev):\n\nResources:\n    + 3 to create\n    ~ 1 to update\n    40 unchanged\n";

/** Runs ops/ci/comment.ts on previews as the artifacts of two jobs lay them down. */
async function runComment(
  comments: Comment[],
  options: { refuse?: boolean; args?: string[]; environment?: object } = {},
) {
  const home = createHome();
  const github = await serveGithub(comments, options.refuse);
  try {
    const previews = path.join(home.folder, "previews");
    mkdirSync(path.join(previews, "preview-dev"), { recursive: true });
    writeFileSync(path.join(previews, "preview-dev/dev.txt"), RESOURCES);
    writeFileSync(path.join(previews, "preview-dev/dev.status"), "0\n");
    const args = [
      "--pull-request",
      "12",
      "--commit",
      "abcdef1234",
      "--previews",
      previews,
      "--stacks",
      "dev,prod",
    ];
    const result: StepResult = await runStep({
      script: "ops/ci/comment.ts",
      args: options.args ?? args,
      folder: REPOSITORY_ROOT,
      environment: {
        PATH: process.env["PATH"],
        ...{ GITHUB_API_URL: github.api, GITHUB_REPOSITORY: "acme/platform", GITHUB_TOKEN: "t0ken" },
        ...options.environment,
      },
    });
    return { ...result, requests: github.requests };
  } finally {
    await github.close();
    home.remove();
  }
}

describe("ops/ci/comment.ts", () => {
  test("creates one comment with every stack, then keeps that one up to date", async () => {
    const comments = [comment(1, "first!", "User")];
    const created = await runComment(comments);
    expect(created).toMatchObject({ code: 0, stdout: "created https://github.example/c/2\n" });
    expect(created.requests[0]).toBe(
      "GET /repos/acme/platform/issues/12/comments?per_page=100&page=1 Bearer t0ken",
    );
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toContain(
      "| dev | planned | `+ 3 to create`<br>`~ 1 to update`<br>`40 unchanged` |",
    );
    expect(comments[1]?.body).toContain("| prod | not previewed | see below |");
    const first = comments[1]?.body;
    Object.assign(comments[1] ?? {}, { body: `${MARKER}\nold` });
    expect(await runComment(comments)).toMatchObject({
      code: 0,
      stdout: "updated https://github.example/c/2\n",
    });
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toBe(first);
  });

  test("finds its comment on a later page, and takes no person's quotation for it", async () => {
    const comments = Array.from({ length: 150 }, (_, index) => comment(index + 1, "talk", "User"));
    comments[0] = comment(1, `${MARKER}\nquoted by a person`, "User");
    comments[140] = comment(141, `${MARKER}\nold`, "Bot");
    expect((await runComment(comments)).stdout).toBe("updated https://github.example/c/141\n");
    expect(comments[0].body).toContain("quoted by a person");
    expect(comments).toHaveLength(150);
  });

  test("says what GitHub refused and how to allow it, without the token", async () => {
    const { code, stderr } = await runComment([], { refuse: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/status 403: .*not accessible by integration[^]*Fix: .*pull-requests: write/);
    expect(stderr).not.toContain("t0ken");
  });

  test.each([
    [{ args: ["--stacks", "dev"] }, "missing --pull-request, --commit, --previews"],
    [{ args: ["--nonsense"] }, "Unknown option '--nonsense'"],
    [{ environment: { GITHUB_TOKEN: "" } }, "GITHUB_TOKEN: got nothing"],
  ])("refuses the call %j", async (options, message) => {
    const { code, stderr, requests } = await runComment([], options);
    expect(stderr).toContain(message);
    expect({ code, requests }).toEqual({ code: 2, requests: [] });
  });
});

describe("the comment's text", () => {
  const render = (text: string, succeeded = true) =>
    renderComment({
      commit: "abcdef1234",
      previews: [{ stack: "dev", succeeded, text }],
      runUrl: "https://run",
    });

  test("opens a refused preview and links the run", () => {
    const text = render("error: a policy was violated", false);
    expect(text.startsWith(MARKER)).toBe(true);
    expect(text).toContain("| dev | **refused** | see below |");
    expect(text).toContain("<details open>");
    expect(text).toContain("[Log of the run](https://run)");
  });

  test("cannot be broken out of by what Pulumi prints", () => {
    expect(render("a\n```\nb\n````\nc")).toContain("`````text\na\n```\nb\n````\nc\n`````");
  });

  test("counts only what Pulumi counts, so that a resource's name mentions nobody", () => {
    const lines = Array.from(
      { length: 9000 },
      (_, index) => `    @someone [link](https://x.example/${index})`,
    );
    const text = `Resources:\n    + 3 to create\n    +-2 to replace\n${lines.join("\n")}\n    5 changes. 40 unchanged\n`;
    const previews = [{ stack: "dev", succeeded: true, text }];
    const body = renderComment({ commit: "abcdef1234", previews, runUrl: undefined });
    const row = body.split("\n").find((line) => line.startsWith("| dev "));
    expect(row).toBe("| dev | planned | `+ 3 to create`<br>`+-2 to replace`<br>`5 changes. 40 unchanged` |");
    expect(body.length).toBeLessThan(65_536);
  });

  test("a cut leaves whole characters", () => {
    const text = "😀".repeat(40_001);
    const [one, other] = [text, `${text}x`].map((part) =>
      renderComment({
        commit: "abcdef1234",
        previews: [{ stack: "dev", succeeded: true, text: part }],
        runUrl: undefined,
      }),
    );
    // Half a character does not survive UTF-8.
    for (const body of [one, other]) expect(Buffer.from(body ?? "").toString()).toBe(body);
  });

  test("stays within GitHub's limit and keeps the end, where the counts are", () => {
    const previews = ["dev", "prod"].map((stack) => ({
      stack,
      succeeded: true,
      text: `${"x".repeat(70_000)}${RESOURCES}`,
    }));
    const text = renderComment({ commit: "abcdef1234", previews, runUrl: undefined });
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/40 unchanged\n/g)).toHaveLength(2);
  });
});
