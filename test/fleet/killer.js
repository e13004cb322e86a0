// Loaded by a worker of a test's fleet: a case that always kills its process, as soon as the
// worker has sent word that it begins it.
import { Redis } from "ioredis";

const KILLER = 77;
const { hset } = Redis.prototype;

Redis.prototype.hset = function (key, ...rest) {
  const answer = hset.call(this, key, ...rest);
  if (key.endsWith(":marks")) {
    const { first, count } = JSON.parse(rest[1]);
    const isAtIt = first <= KILLER && KILLER < first + count;
    if (isAtIt) setImmediate(() => process.kill(process.pid, "SIGKILL"));
  }
  return answer;
};
