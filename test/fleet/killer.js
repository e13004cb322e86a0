// Loaded by a worker of a test's fleet: a case that always kills its process, as soon as the
// server knows that the worker begins it.
import { Redis } from "ioredis";

const KILLER = 77;
const { hset } = Redis.prototype;

Redis.prototype.hset = async function (key, ...rest) {
  const answer = await hset.call(this, key, ...rest);
  if (!key.endsWith(":marks")) return answer;
  const { first, count } = JSON.parse(rest[1]);
  if (first <= KILLER && KILLER < first + count) process.kill(process.pid, "SIGKILL");
  return answer;
};
