// Where the real kernels are: QEMU on the PATH, and a folder with an image for each kernel and
// variant. The images are not part of the project.
//
//   FOLDER/v6.1/image/bzImage-up   bzImage-updl  bzImage-smp  bzImage-smph  initramfs.cpio
//   FOLDER/v6.12/image/...
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { UserError } from "../../src/base/user_error.ts";

export const LIVE_KERNELS = ["v6.1", "v6.12", "v7.3"] as const;
export type LiveKernel = (typeof LIVE_KERNELS)[number];

export const LIVE_VARIANTS = ["up", "updl", "smp", "smph"] as const;
export type LiveVariant = (typeof LIVE_VARIANTS)[number];

/** Where the images lie beside a checkout, unless SLABFUZZ_KERNELS names another folder. */
export const DEFAULT_FOLDER = "../shared/kernel-oracle";
const QEMU = "qemu-system-x86_64";
const GET_QEMU = "install it (Debian: apt-get install qemu-system-x86)";
const GET_IMAGES = "name their folder with SLABFUZZ_KERNELS";

/** A kernel as it was built. */
export interface Build {
  readonly kernel: LiveKernel;
  readonly variant: LiveVariant;
}

/** What was found. */
export interface Installation {
  readonly qemu: string;
  readonly folder: string;
  readonly builds: readonly Build[];
}

/** Why there is nothing to test with, in one line. */
export interface Missing {
  readonly missing: string;
}

export interface SearchRequest {
  /** The value of SLABFUZZ_KERNELS. */
  readonly folder: string | undefined;
  readonly path: string;
  /** The root of the repository. */
  readonly root: string;
  /** Asked for by name; without a name, whatever there is. */
  readonly kernel: string | undefined;
  readonly variant: string | undefined;
}

/** Looks for QEMU and the kernels. What was asked for by name and is not there is an error. */
export function findKernels(request: SearchRequest): Installation | Missing {
  const kernels = chosen("kernel", request.kernel, LIVE_KERNELS);
  const variants = chosen("variant", request.variant, LIVE_VARIANTS);
  const named = request.folder === "" ? undefined : request.folder;
  const folder = resolve(request.root, named ?? DEFAULT_FOLDER);
  if (!existsSync(folder)) {
    if (named !== undefined) throw new UserError(`SLABFUZZ_KERNELS: no folder ${folder}`);
    return { missing: `no kernel images in ${folder}; ${GET_IMAGES}` };
  }
  const builds = kernels.flatMap((kernel) => variants.map((variant) => ({ kernel, variant })));
  const there = builds.filter((build) => hasImage(folder, build));
  refuseGaps(request, folder, builds, there);
  if (there.length === 0) return { missing: `no kernel images in ${folder}; ${GET_IMAGES}` };
  const qemu = findProgram(request.path);
  if (qemu === undefined) return { missing: `no ${QEMU} on the PATH; ${GET_QEMU}` };
  return { qemu, folder, builds: there };
}

export function imageOf(folder: string, { kernel, variant }: Build): string {
  return join(folder, kernel, "image", `bzImage-${variant}`);
}

export function initramfsOf(folder: string, { kernel }: Build): string {
  return join(folder, kernel, "image", "initramfs.cpio");
}

function hasImage(folder: string, build: Build): boolean {
  return existsSync(imageOf(folder, build)) && existsSync(initramfsOf(folder, build));
}

/** A kernel or variant that was named must have an image. */
function refuseGaps(
  { kernel, variant }: SearchRequest,
  folder: string,
  wanted: readonly Build[],
  there: readonly Build[],
): void {
  const isNamed = kernel !== undefined || variant !== undefined;
  const gap = wanted.find((build) => !there.includes(build));
  const isFatal = kernel !== undefined && variant !== undefined ? gap : !there.length && gap;
  if (!isNamed || !isFatal) return;
  const image = hasFile(imageOf(folder, isFatal)) ?? hasFile(initramfsOf(folder, isFatal));
  throw new UserError(`no kernel ${isFatal.kernel} ${isFatal.variant}: ${image} is missing`);
}

function hasFile(path: string): string | undefined {
  return existsSync(path) ? undefined : path;
}

function chosen<T extends string>(
  what: string,
  name: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (name === undefined) return known;
  const found = known.find((other) => other === name);
  if (found !== undefined) return [found];
  throw new UserError(`unknown ${what} ${JSON.stringify(name)} (there are: ${known.join(" ")})`);
}

function findProgram(path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, QEMU)).find((file) => existsSync(file));
}
