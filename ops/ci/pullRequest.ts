import { MARKER } from "./commentBody";

export interface CommentTarget {
  /** Root of GitHub's REST API. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  readonly pullRequest: number;
  /** Starts with {@link MARKER}. */
  readonly body: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly html_url: string;
  readonly user?: { readonly type?: string } | null;
}

const PAGE_SIZE = 100;
const TIMEOUT_MS = 30_000;

/**
 * Updates the comment that starts with {@link MARKER}, or creates it. Only a bot's comment is taken for it: a
 * person could have quoted it.
 * @throws Error with GitHub's own message
 */
export async function upsertComment(target: CommentTarget): Promise<{ url: string; created: boolean }> {
  const { repository, pullRequest, body } = target;
  const issue = `/repos/${repository}/issues/${pullRequest}/comments`;
  const existing = await findComment(target, issue);
  const comment = existing
    ? await call<Comment>(target, "PATCH", `/repos/${repository}/issues/comments/${existing.id}`, { body })
    : await call<Comment>(target, "POST", issue, { body });
  return { url: comment.html_url, created: existing === undefined };
}

async function findComment(target: CommentTarget, issue: string): Promise<Comment | undefined> {
  for (let page = 1; ; page += 1) {
    const comments = await call<Comment[]>(target, "GET", `${issue}?per_page=${PAGE_SIZE}&page=${page}`);
    const found = comments.find(
      ({ body, user }) => user?.type === "Bot" && body?.startsWith(MARKER) === true,
    );
    if (found !== undefined || comments.length < PAGE_SIZE) return found;
  }
}

async function call<T>(target: CommentTarget, method: string, route: string, body?: object): Promise<T> {
  const response = await fetch(`${target.api}${route}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${target.token}`,
      "content-type": "application/json",
      "user-agent": "aks-platform",
      "x-github-api-version": "2022-11-28",
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new Error(
    `GitHub refused ${method} ${route}: status ${response.status}: ${text.slice(0, 500)}\n` +
      "Fix: the job needs `permissions: pull-requests: write`, and GITHUB_TOKEN must be its token.",
  );
}
