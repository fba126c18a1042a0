import { heldMemory, inspected } from "../../service/bench/heldMemory";
import { RunningTarget, type Target } from "../../service/bench/target";
import { reservePort } from "../support/ports";

/** Keeps 20 MB for each request of /keep, and makes as much garbage for each of /waste. */
const PROGRAM = `
  const kept = [];
  require("node:http").createServer((request, response) => {
    const made = Array.from({ length: 20 }, (_, index) => Array(131_072).fill(index + 0.5));
    if (request.url === "/keep") kept.push(made);
    response.end();
  }).listen(Number(process.env.PORT), "127.0.0.1");`;
const TARGET: Target = { name: "a program", command: () => ["node", "--eval", PROGRAM] };

test("the soak sees what a process keeps, and not what it could give back", async () => {
  const port = await reservePort();
  const server = await RunningTarget.start(inspected(TARGET), port, "/start");
  const ask = async (path: string, times: number) => {
    for (let count = 0; count < times; count += 1) await fetch(`http://127.0.0.1:${port}${path}`);
  };
  try {
    await ask("/waste", 5);
    const before = await heldMemory(server);
    await ask("/waste", 5);
    const wasted = await heldMemory(server);
    await ask("/keep", 1);
    const kept = await heldMemory(server);
    expect(Math.abs(wasted.heapMib - before.heapMib)).toBeLessThan(3);
    expect(kept.heapMib - wasted.heapMib).toBeGreaterThan(15);
    expect(kept.rssMib - wasted.rssMib).toBeGreaterThan(10);
  } finally {
    await server.stop();
  }
});

test("a port on which another program answers is refused: that one would be measured", async () => {
  const port = await reservePort();
  const first = await RunningTarget.start(TARGET, port);
  try {
    await expect(RunningTarget.start(TARGET, port)).rejects.toThrow(`Port ${port} is in use`);
  } finally {
    await first.stop();
  }
});
