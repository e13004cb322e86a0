// The two packages that a fleet needs. Nothing else of slabfuzz does, so that they are installed
// only by those who want a fleet, and loaded when a fleet command runs.
import { UserError } from "../base/user_error.ts";

export type BullMq = typeof import("bullmq");

async function loaded<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UserError("a fleet needs two more packages: npm install bullmq ioredis");
  }
}

export const bullMq = (): Promise<BullMq> => loaded(() => import("bullmq"));
export const ioRedis = () => loaded(() => import("ioredis"));
