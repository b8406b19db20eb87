// The service of application.py on node's own HTTP server; arguments: port, milliseconds of
// keep-alive. A cut answer ends with a reset.
import { openSync, writeSync } from "node:fs";
import { createServer } from "node:http";

const [port, keepAlive] = process.argv.slice(2).map(Number);
const ledger = openSync(process.env.BOXAPIS_TEST_LEDGER, "a");

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    const nonce =
      request.method === "POST" ? JSON.parse(body).nonce : request.url.split("/").pop();
    if (nonce !== "ready") writeSync(ledger, `${request.method} ${nonce}\n`);
    if (nonce.startsWith("held")) return;
    const answer = JSON.stringify({ nonce, worker: process.pid, filler: "x".repeat(20000) });
    response.writeHead(200, {
      "Content-Type": "application/json",
      "Content-Length": answer.length,
      "X-Rate-Limit": "10000",
      "X-Rate-Requests": "1",
    });
    if (!nonce.startsWith("cut")) return response.end(answer);
    response.write(answer.slice(0, 10000), () => response.socket.resetAndDestroy());
  });
});
server.keepAliveTimeout = keepAlive;
server.keepAliveTimeoutBuffer = 0;
server.listen(port, "127.0.0.1");
