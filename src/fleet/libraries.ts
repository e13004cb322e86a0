// The packages that a fleet needs. Nothing else of slabfuzz does: whoever wants a fleet installs
// them, and they are loaded when a fleet command runs.
import { UserError } from "../base/user_error.ts";

export type BullMq = typeof import("bullmq");

async function loaded<T>(load: () => Promise<T>, advice: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError(advice);
  }
}

const FOR_ALL = "a fleet needs two more packages: npm install bullmq ioredis";
const FOR_S3 = "a store in a bucket needs one more package: npm install aws4fetch";

export const bullMq = (): Promise<BullMq> => loaded(() => import("bullmq"), FOR_ALL);
export const ioRedis = () => loaded(() => import("ioredis"), FOR_ALL);
export const aws4Fetch = () => loaded(() => import("aws4fetch"), FOR_S3);
