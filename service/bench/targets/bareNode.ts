import { createServer } from "node:http";

/** The greeting from `node:http` alone: no router, no log, no metrics. */
createServer((_request, response) => {
  const body = JSON.stringify({
    message: "Automate all the things!",
    timestamp: Math.floor(Date.now() / 1000),
  });
  response.writeHead(200, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");
