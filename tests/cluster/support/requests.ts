import { get } from "node:http";

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** An answer over a new connection, which any pod may get; undefined where there is none in 2 seconds. */
export async function answerOf(url: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false, timeout: 2000 }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text));
      answer.once("error", () => {
        resolve(undefined);
      });
      answer.once("end", () => {
        resolve({ status: answer.statusCode, body });
      });
    });
    asked.once("timeout", () => asked.destroy(new Error("no answer")));
    asked.once("error", () => {
      resolve(undefined);
    });
  });
}

/** Whether each of so many requests, one after the other, is answered with 200. */
export async function isServedBy200(url: string, requests = 50): Promise<boolean> {
  for (let count = 0; count < requests; count += 1) if ((await answerOf(url))?.status !== 200) return false;
  return true;
}
