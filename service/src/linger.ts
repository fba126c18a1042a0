import type { Socket } from "node:net";

/** Milliseconds for which a client that is told to leave may still send. */
const LINGER_MS = 1000;

/**
 * Ends the connection when what is written has gone, but reads on for a moment: closing it while the client sends would
 * reset it, and the reset can overtake the last answer
 * (https://www.rfc-editor.org/rfc/rfc9112#section-9.6).
 */
export function endGently(socket: Socket): void {
  if (socket.writable) socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => {
    clearTimeout(timer);
  });
}

/** The part of a connection's parser that Node.js documents nowhere; absent once the connection is closed. */
interface ParsedSocket {
  readonly parser?: { onIncoming: () => number } | null;
}

/** What `onIncoming` returns for the parser to stop behind the headers: in Node.js itself, for a protocol's upgrade. */
const STOP = 2;

/**
 * Lets nothing of what the client has sent, or sends yet, become a request. What has been read in one piece, up to 64 KiB,
 * is 1,600 of them otherwise, and their memory is given back after the connection's end.
 */
export function ignoreRequests(socket: Socket): void {
  const { parser } = socket as ParsedSocket;
  if (parser) parser.onIncoming = () => STOP;
}

/** Closes the connection in the middle of what its client has sent. */
export function cutOff(socket: Socket): void {
  ignoreRequests(socket);
  socket.destroy();
}
