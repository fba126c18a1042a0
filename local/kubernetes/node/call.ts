/** One command to a node agent. */
import { request } from "node:http";
import type { AgentAddress } from "./protocol";
import { LOOPBACK } from "./ports";

/** The agent understood the command and refused it; its message is for people. */
export class AgentRefusal extends Error {
  public override readonly name = "AgentRefusal";
}

/** @throws AgentRefusal, or the network's error where no agent answers. */
export function call<T>({ port, token }: AgentAddress, path: string, body: unknown = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: LOOPBACK,
        port,
        path,
        method: "POST",
        agent: false,
        headers: { authorization: `Bearer ${token}` },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as T);
          else reject(new AgentRefusal(messageOf(text)));
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: string };
    return error ?? text;
  } catch {
    return text;
  }
}
