// slabfuzz replay --step at a terminal, and where there is none.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startSlabfuzz } from "../helper/process.ts";

const SCRIPT = "/usr/bin/script";
const COMMAND = fileURLToPath(new URL("../../bin/slabfuzz.js", import.meta.url));
const ENTER_SCREEN = "\x1b[?1049h";
const LEAVE_SCREEN = "\x1b[?1049l";
const COLOUR = /\x1b\[3\dm/;

function hasScript(): boolean {
  if (existsSync(SCRIPT)) return true;
  console.log(`no terminal to step at: ${SCRIPT} is missing (apt-get install bsdutils)`);
  return false;
}

/** Steps at a terminal: each text is typed once what comes before it was shown. */
async function typedAt(env: Record<string, string>, steps: readonly (readonly [string, string])[]) {
  const command = `"${process.execPath}" "${COMMAND}" replay examples/seed.slab --step`;
  const child = spawn(SCRIPT, ["-qec", command, "/dev/null"], {
    env: { ...process.env, ...env },
    timeout: 20_000,
  });
  const left = [...steps];
  let shown = "";
  let seen = 0;
  child.stdout.on("data", (text) => {
    shown += text;
    const [shows, types] = left[0] ?? [];
    if (shows === undefined || types === undefined || !shown.slice(seen).includes(shows)) return;
    left.shift();
    seen = shown.length;
    child.stdin.write(types);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, shown, left };
}

const STEPS = [
  ["q quit", "g8\r"],
  ["free pointer of free object 9", "n"],
  ["op 9 of 14", "q"],
] as const;

describe.skipIf(!hasScript())("stepping at a terminal", () => {
  it("draws each operation in colours, and gives the screen back", async () => {
    const env = { TERM: "xterm-256color", NO_COLOR: "" };
    const { code, shown, left } = await typedAt(env, STEPS);
    expect([code, left]).toEqual([0, []]);
    expect(shown.startsWith(ENTER_SCREEN)).toBe(true);
    expect(shown.trimEnd().endsWith(LEAVE_SCREEN)).toBe(true);
    expect(shown).toMatch(COLOUR);
  });

  it("draws the same without colours where NO_COLOR asks for none", async () => {
    const { code, shown, left } = await typedAt({ TERM: "xterm", NO_COLOR: "1" }, STEPS);
    expect([code, left]).toEqual([0, []]);
    expect(shown).not.toMatch(COLOUR);
  });

  it("prints each screen below the last where the cursor cannot move", async () => {
    const { code, shown, left } = await typedAt({ TERM: "dumb", NO_COLOR: "1" }, STEPS);
    expect([code, left]).toEqual([0, []]);
    expect(shown).not.toContain("\x1b");
  });

  it("leaves at Ctrl-C, too", async () => {
    const { code, shown } = await typedAt({ TERM: "xterm" }, [["q quit", "\x03"]]);
    expect(code).toBe(0);
    expect(shown).toContain(LEAVE_SCREEN);
  });
});

describe("stepping without a terminal", () => {
  it("is refused in one sentence", async () => {
    const { code, out, error } = await startSlabfuzz(["replay", "examples/seed.slab", "--step"])
      .ended;
    expect([code, out]).toEqual([2, ""]);
    expect(error).toBe("--step: needs a terminal, but stdin is none\n");
  });

  it("is refused beside an option for another output", async () => {
    const { code, error } = await startSlabfuzz(["replay", "x", "--step", "--json"]).ended;
    expect(code).toBe(2);
    expect(error).toMatch(/^slabfuzz: option '--step' cannot be used with option '--json'\n$/);
  });
});
