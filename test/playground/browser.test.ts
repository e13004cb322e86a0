// The playground in a real browser: it opens from a disk, runs what is typed, and shares it.
import { readFileSync, statSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { LESSONS } from "../../src/playground/lessons/lessons.ts";
import { scriptOfToken, tokenOfScript } from "../../src/targets/script_token.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { browserProgram } from "../html/browser.ts";
import { axeViolations, axeViolationsUnder, PHONE } from "../view/axe.ts";
import { OpenPlayground, PLAYGROUND_FILE } from "./open_page.ts";
import { generatedScripts } from "./programs.ts";

const SEED = readTextFile(packagePath("examples/seed.slab"));
const OFF_BY_ONE = "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\n";
const HOSTILE = "cache <img/src=x/onerror=document.title='owned'> 64 0 -\n";
const PAGE_BYTES_MAX = 1.5e6;
const LINK_MAX = 2000;

const program = browserProgram();

async function digestHere(text: string): Promise<string> {
  return (await (await programOfScript({ name: "p", file: "p", text })).judge()).digest;
}

describe.skipIf(program === undefined)("the playground", () => {
  let playground: OpenPlayground;

  beforeAll(async () => {
    playground = await OpenPlayground.launch(program!);
  });

  afterAll(async () => await playground?.close());

  afterEach(() => {
    expect(playground.complaints.splice(0)).toEqual([]);
    expect(playground.requests.splice(0)).toEqual([]);
  });

  const verdict = () => expect.poll(() => playground.textOf("verdict"));
  const mistake = () => expect.poll(() => playground.textOf("mistake"));

  it("is one file of at most 1.5 MB that runs the seed from a disk", async () => {
    expect(statSync(PLAYGROUND_FILE).size).toBeLessThan(PAGE_BYTES_MAX);
    await playground.open();
    await verdict().toContain(await digestHere(SEED));
    expect(await playground.textOf("panes")).toContain("8 bytes of the free pointer");
    expect(await axeViolations(playground.page)).toEqual([]);
  });

  it("says line and column of a mistake while it is typed, and runs what is mended", async () => {
    await playground.open();
    await playground.type("cache c 64 0 -\nalloc c a\nfree d a\n");
    await mistake().toBe('Line 3, column 6: no cache "d"');
    await verdict().toContain("the last program without a mistake");
    const look = { scheme: "dark", ...PHONE } as const;
    expect(await axeViolationsUnder(playground.page, look)).toEqual([]);
    await playground.page.locator("#mistake button").click();
    await playground.page.keyboard.press("Delete");
    await playground.page.keyboard.type("c");
    await mistake().toBe("");
    await verdict().toMatch(/^ok /);
  });

  it("keeps the editor and the sentence of the step in sight beside each lesson", async () => {
    await playground.open();
    const { height } = playground.page.viewportSize()!;
    for (const [i, { title }] of LESSONS.entries()) {
      await playground.page.locator("#lessons").selectOption(String(i + 1));
      const [lesson, step, editor] = [
        await playground.edgesOf("#lesson"),
        await playground.edgesOf("#lesson .step"),
        await playground.edgesOf("#editor"),
      ];
      expect(editor.bottom, title).toBeLessThanOrEqual(height);
      expect(step.top, title).toBeGreaterThanOrEqual(lesson.top);
      expect(step.bottom, title).toBeLessThanOrEqual(lesson.bottom);
    }
  });

  it("completes an operation with the keyboard", async () => {
    await playground.open();
    await playground.type("cache c 64 0 -\n");
    await playground.page.keyboard.type("bulkal");
    await playground.page.locator(".cm-tooltip-autocomplete").waitFor();
    // A key that comes at once was not meant for the list that has just opened.
    await playground.page.waitForTimeout(150);
    await playground.page.keyboard.press("Enter");
    await expect.poll(() => playground.program()).toContain("bulkalloc");
  });

  it("shares a program by a link that holds it", async () => {
    await playground.open();
    await playground.type(OFF_BY_ONE);
    await verdict().toMatch(/^detected off-by-one/);
    const { link, token } = await playground.share();
    expect(await axeViolations(playground.page)).toEqual([]);
    expect(scriptOfToken(token)).toBe(OFF_BY_ONE);
    await playground.open(new URL(link).hash);
    await verdict().toContain(await digestHere(OFF_BY_ONE));
    expect(await playground.program()).toContain("write a 64 41");
  });

  it("reads tokens of the command line, and refuses damaged ones", async () => {
    await playground.open(`#program=${tokenOfScript(OFF_BY_ONE)}`);
    await verdict().toContain(await digestHere(OFF_BY_ONE));
    await playground.open();
    await playground.page.evaluate(() => {
      location.hash = "#program=ss1:AAAA";
    });
    await mistake().toContain("the token is damaged");
  });

  it("links a program of 200 operations in fewer than 2000 characters", async () => {
    await playground.open();
    for (const script of generatedScripts({ each: 2, least: 200 })) {
      await playground.type(script);
      const { token } = await playground.share();
      expect(scriptOfToken(token)).toBe(script);
      expect(token.length).toBeLessThan(LINK_MAX - "https://example.org/p/#program=".length);
      await playground.page.getByRole("button", { name: "Close", exact: true }).click();
    }
  });

  it("shows a name that looks like HTML as the text that it is", async () => {
    await playground.open(`#program=${tokenOfScript(HOSTILE)}`);
    await verdict().toMatch(/^ok /);
    expect(await playground.textOf("panes")).toContain("<img/src=x/onerror");
    await playground.page.getByRole("button", { name: "Matrix" }).click();
    await playground.page.locator("#answer table").first().waitFor();
    expect(await playground.page.locator("#work img, #answer img").count()).toBe(0);
    expect(await playground.page.title()).toBe("slabfuzz playground");
  });

  it("writes the chosen machine into the script", async () => {
    await playground.open(`#program=${tokenOfScript(OFF_BY_ONE)}`);
    await verdict().toMatch(/^detected/);
    await playground.page.getByLabel(/^Kernel/).selectOption("v6.12");
    await expect.poll(() => playground.program()).toContain("# profile: v6.12");
    await playground.page.getByRole("spinbutton").fill("4");
    await playground.page.getByRole("spinbutton").press("Tab");
    await expect.poll(() => playground.program()).toContain("# boot: smp slub_debug=FZ");
    await playground.page.getByLabel("Z", { exact: true }).uncheck();
    await expect.poll(() => playground.program()).toContain("slub_debug=F\n");
    await verdict().toMatch(/^blind off-by-one/);
  });

  it("shrinks a program, and undo brings it back", async () => {
    await playground.open(
      `#program=${tokenOfScript(OFF_BY_ONE.replace("alloc", "allocn c 3 v\nalloc"))}`,
    );
    await verdict().toMatch(/^detected/);
    await playground.page.getByRole("button", { name: "Shrink" }).click();
    await expect.poll(() => playground.textOf("said")).toMatch(/^5 operations became \d,/);
    await expect.poll(() => playground.program()).not.toContain("allocn");
    await playground.page.locator(".cm-content").click();
    await playground.page.keyboard.press("Control+z");
    await expect.poll(() => playground.program()).toContain("allocn c 3 v");
  });

  it("exports a program as a file in C", async () => {
    await playground.open(`#program=${tokenOfScript(OFF_BY_ONE)}`);
    const download = playground.page.waitForEvent("download");
    await playground.page.getByLabel("Export").selectOption("c");
    const file = await (await download).path();
    expect(readFileSync(file, "utf8")).toContain("kmem_cache_alloc(cache[0], GFP_KERNEL)");
  });

  it("draws a program of a bug class, and its benign twin", async () => {
    await playground.open();
    await playground.page.getByLabel("Example").selectOption("bug:double-free");
    await verdict().toMatch(/ double-free\|/);
    await playground.page.getByLabel("Example").selectOption("twin:double-free");
    await verdict().toMatch(/^ok /);
    await playground.page.getByLabel("Example").selectOption("bug:double-free-in-sheaf");
    await verdict().toMatch(/ double-free-in-sheaf\|/);
  });

  it("gives the digests of the command line on every kernel", async () => {
    await playground.open();
    for (const text of generatedScripts({ each: 3 })) {
      expect(await playground.digestOf(text), text).toBe(await digestHere(text));
    }
  });
});
