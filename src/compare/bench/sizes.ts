// Sizes of objects by name: one size, or a mix of them.
import { UserError } from "../../base/user_error.ts";
import type { SizeMix } from "./stream.ts";

/** Many small objects, some of half a page: shaped like what a kernel's slabs hold. */
const MIX: SizeMix = {
  sizes: [16, 32, 64, 96, 128, 192, 256, 320, 512, 1024, 2048],
  weights: [18, 20, 22, 8, 10, 8, 5, 3, 3, 2, 1],
};

const SIZE_MAX = 8192;

/** `320`, `64,320,1000` (each as often as the others), or `mix`. */
export function sizesOf(text: string): SizeMix {
  if (text === "mix") return MIX;
  const sizes = text.split(",").map(sizeOf);
  return { sizes, weights: sizes.map(() => 1) };
}

function sizeOf(text: string): number {
  const size = /^[0-9]+$/.test(text.trim()) ? Number(text) : 0;
  if (size >= 8 && size <= SIZE_MAX) return size;
  throw new UserError(`unknown size ${JSON.stringify(text)} (8 to ${SIZE_MAX} bytes, or mix)`);
}
