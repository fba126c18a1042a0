import { get } from "node:http";

/** Status of an answer over a new connection; undefined where there is none in 2 seconds. */
export async function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false, timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.once("timeout", () => asked.destroy(new Error("no answer")));
    asked.once("error", () => {
      resolve(undefined);
    });
  });
}

/** Whether each of so many requests, one after the other, is answered with 200. */
export async function isServedBy200(url: string, requests = 50): Promise<boolean> {
  for (let count = 0; count < requests; count += 1) if ((await statusOf(url)) !== 200) return false;
  return true;
}
