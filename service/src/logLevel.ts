import type { Logger } from "pino";
import type { LogLevel } from "./config";

/**
 * Returns the handler for SIGUSR2, which turns lines of level `debug` on, and off again. Whoever may run a program in
 * the pod may send it, and nobody else:
 *
 *     kubectl exec deploy/api -- /nodejs/bin/node -e 'process.kill(1, "SIGUSR2")'
 */
export function createLogLevelToggle(logger: Logger, configured: LogLevel): () => void {
  return () => {
    logger.level = logger.level === configured ? "debug" : configured;
    logger.warn({ level_now: logger.level }, "log level changed");
  };
}
