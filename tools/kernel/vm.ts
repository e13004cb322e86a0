// A kernel in QEMU, and the two ways to bring scripts to it:
//
//   few    it boots once for each image and command line, up to the point where it waits for a
//          script; that state is kept in a file, and a run starts from there. The scripts come
//          over the first serial port: at once, but at 25 kB a second.
//   many   it boots anew and finds the scripts in its initial RAM file system: a second or two.
//
// In both cases driver and printk write to port 0xe9, and that into a file.
//
// Emulation without hardware help is used on purpose: it is deterministic enough for two runs of a
// script to compare equal.
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nowMs } from "../../src/base/clock.ts";
import { digestOfText } from "../../src/base/hash.ts";
import { UserError } from "../../src/base/user_error.ts";
import { withFile } from "./cpio.ts";
import { type Build, type Installation, imageOf, initramfsOf } from "./images.ts";
import { Monitor } from "./monitor.ts";

/** A kernel and what it is booted with. */
export interface Boot extends Build {
  /** The parameters under test, `` for none. */
  readonly parameters: string;
}

/** One run of a machine. */
export interface VmRun {
  /** Everything that came out of the debug port. */
  readonly console: string;
  /** True if the machine went on without a word for too long, and was stopped. */
  readonly stalled: boolean;
}

/** What keeps two boots alike, and makes an oops the end. */
const FIXED_PARAMETERS = [
  "ignore_loglevel no_hash_pointers oops=panic panic=-1 reboot=t nokaslr",
  "init_on_alloc=0 init_on_free=0 random.trust_cpu=on lpj=97792 rdinit=/init",
].join(" ");
const MEMORY_MB = 64;
const READY = "@@R";
const BEGUN = "@@B";
const END_OF_INPUT = "\x04";
/** The driver drops what arrives before it listens. */
const LEAD_IN = "\n".repeat(64);
/** From here on a boot takes less time than the serial port. */
const SERIAL_BYTES_MAX = 16_000;
/** Where the kernel's init looks for scripts. */
const SCRIPT_FOLDER = "s";
const SCRIPT_FILE = "000.txt";
const BOOT_MS_MAX = 120_000;
const RUN_MS_MAX = 120_000;
const CONSOLE_BYTES_MAX = 48 << 20;
const POLL_MS = 50;

/** The machines were stopped from outside. */
export class Stopped extends Error {}

export class Machines {
  readonly #installation: Installation;
  readonly #stallMs: number;
  readonly #folder = join(tmpdir(), "slabfuzz-kernel-vms");
  readonly #snapshots = new Map<string, Promise<string>>();
  readonly #running = new Set<ChildProcess>();
  #stopped = false;

  constructor(installation: Installation, { stallMs }: { readonly stallMs: number }) {
    this.#installation = installation;
    this.#stallMs = stallMs;
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Ends whatever runs; from now on run() throws Stopped. */
  stop(): void {
    this.#stopped = true;
    for (const qemu of this.#running) qemu.kill("SIGKILL");
  }

  /** Runs scripts in one fresh machine, one after the other. */
  async run(boot: Boot, scripts: string): Promise<VmRun> {
    this.#refuseIfStopped();
    const isLong = scripts.length > SERIAL_BYTES_MAX;
    const snapshot = isLong ? "" : await this.#snapshotOf(boot);
    return this.#inScratchFolder(async (folder) => {
      const log = join(folder, "log");
      const qemu = isLong
        ? this.#bootWith(boot, scripts, folder)
        : this.#start(boot, log, ["-incoming", `exec:cat ${snapshot}`]);
      if (!isLong) qemu.stdin?.write(`${LEAD_IN}${scripts}${END_OF_INPUT}`);
      const stalled = await this.#watch(qemu, log);
      // An interrupt reaches QEMU, too, and perhaps before it reaches us.
      await sleep(1);
      this.#refuseIfStopped();
      return { console: textOf(log), stalled };
    });
  }

  #refuseIfStopped(): void {
    if (this.#stopped) throw new Stopped("the machines were stopped");
  }

  #bootWith(boot: Boot, scripts: string, folder: string): ChildProcess {
    const initramfs = join(folder, "initramfs");
    const original = readFileSync(initramfsOf(this.#installation.folder, boot));
    writeFileSync(initramfs, withFile(original, SCRIPT_FOLDER, SCRIPT_FILE, scripts));
    return this.#start(boot, join(folder, "log"), [], initramfs);
  }

  #snapshotOf(boot: Boot): Promise<string> {
    const name = this.#snapshotName(boot);
    const known = this.#snapshots.get(name);
    if (known !== undefined) return known;
    const made = existsSync(name) ? Promise.resolve(name) : this.#takeSnapshot(boot, name);
    this.#snapshots.set(name, made);
    return made;
  }

  /** Named by everything that decides what is in it. */
  #snapshotName(boot: Boot): string {
    const { folder, qemu } = this.#installation;
    const files = [qemu, imageOf(folder, boot), initramfsOf(folder, boot)];
    const stamps = files.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`);
    const digest = digestOfText([...stamps, ...this.#arguments(boot, "log")].join("\n"));
    return join(this.#folder, `${boot.kernel}-${boot.variant}-${digest}`);
  }

  /** Boots to where the driver waits, and stores the machine. */
  #takeSnapshot(boot: Boot, name: string): Promise<string> {
    return this.#inScratchFolder(async (folder) => {
      const log = join(folder, "log");
      const socket = join(folder, "monitor");
      const qemu = this.#start(boot, log, ["-qmp", `unix:${socket},server=on,wait=off`]);
      try {
        await waitForDriver(qemu, log).catch((error: unknown) => {
          this.#refuseIfStopped();
          throw error;
        });
        const unfinished = `${name}.${process.pid}`;
        await Monitor.use(socket, (monitor) => monitor.saveState(unfinished));
        renameSync(unfinished, name);
      } finally {
        await kill(qemu);
      }
      return name;
    });
  }

  #start(boot: Boot, log: string, more: readonly string[], initramfs?: string): ChildProcess {
    const args = [...this.#arguments(boot, log, initramfs), ...more];
    const qemu = spawn(this.#installation.qemu, args, { stdio: ["pipe", "ignore", "ignore"] });
    // A machine that is gone does not read the rest of its scripts.
    qemu.stdin?.on("error", () => {});
    this.#running.add(qemu);
    qemu.once("exit", () => this.#running.delete(qemu));
    return qemu;
  }

  #arguments(boot: Boot, log: string, initramfs?: string): string[] {
    const { folder } = this.#installation;
    const initrd = initramfs ?? initramfsOf(folder, boot);
    const cpus = boot.variant.startsWith("smp") ? "4" : "1";
    return [
      ...["-M", "pc", "-accel", "tcg", "-m", `${MEMORY_MB}`, "-smp", cpus],
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...["-kernel", imageOf(folder, boot), "-initrd", initrd],
      ...["-append", `${FIXED_PARAMETERS} ${boot.parameters}`.trim()],
      ...["-chardev", `file,id=log,path=${log}`],
      ...["-device", "isa-debugcon,iobase=0xe9,chardev=log"],
      ...["-chardev", "stdio,id=scripts,signal=off", "-serial", "chardev:scripts"],
    ];
  }

  /** Waits for the end; true if the machine had to be stopped. */
  async #watch(qemu: ChildProcess, log: string): Promise<boolean> {
    const ended = endOf(qemu);
    const started = nowMs();
    let [size, since, begun] = [-1, started, false];
    for (;;) {
      if (await Promise.race([ended, sleep(POLL_MS, false)])) return false;
      const [now, grown] = [nowMs(), sizeOf(log)];
      if (grown !== size) [size, since] = [grown, now];
      begun ||= size > 0 && textOf(log).includes(BEGUN);
      const silent = begun && now - since > this.#stallMs;
      if (silent || now - started > RUN_MS_MAX || size > CONSOLE_BYTES_MAX) break;
    }

    await kill(qemu);
    return true;
  }

  async #inScratchFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(this.#folder, "run-"));
    try {
      return await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function waitForDriver(qemu: ChildProcess, log: string): Promise<void> {
  const started = nowMs();
  while (!textOf(log).includes(READY)) {
    const gone = qemu.exitCode !== null || qemu.signalCode !== null;
    if (gone || nowMs() - started > BOOT_MS_MAX) {
      throw new UserError(`the kernel does not boot: ${textOf(log).slice(-300)}`);
    }
    await sleep(POLL_MS);
  }
}

function endOf(qemu: ChildProcess): Promise<true> {
  if (qemu.exitCode !== null || qemu.signalCode !== null) return Promise.resolve(true);
  return new Promise((resolve) => {
    qemu.once("exit", () => resolve(true));
    qemu.once("error", () => resolve(true));
  });
}

async function kill(qemu: ChildProcess): Promise<void> {
  const ended = endOf(qemu);
  qemu.kill("SIGKILL");
  await ended;
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "latin1") : "";
}
