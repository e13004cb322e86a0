import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { COMMANDS, createProgram, exitCodeOf } from "../../src/cli/program.ts";
import { slabfuzz } from "../helper/command.ts";

const silent = { out: () => {}, error: () => {} };
const commands = (await createProgram(silent)).commands.map((command) => command.name());

describe("the help of slabfuzz", () => {
  it("lists every command and shows examples, on stdout", async () => {
    const { code, out, error } = await slabfuzz("--help");
    expect([code, error]).toEqual([0, ""]);
    for (const name of commands) expect(out).toContain(`\n  ${name} `);
    expect(out).toContain("Examples:");
    expect(out).toContain("Exit codes: 0 nothing new found");
  });

  it("has a command for each registration", () => {
    expect(commands).toEqual(Object.values(COMMANDS).flatMap((group) => Object.keys(group)));
  });

  it.each(["fuzz", "targets", "completion"])(
    "is the same where %s is loaded alone",
    async (name) => {
      const alone = await createProgram(silent, name);
      const among = (await createProgram(silent)).commands.find((one) => one.name() === name);
      expect(alone.commands.map((one) => one.name())).toEqual([name]);
      expect(alone.commands[0].helpInformation()).toBe(among?.helpInformation());
    },
  );

  it.each(commands)("describes the command %s, its options and an example", async (name) => {
    const { code, out } = await slabfuzz(name, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: slabfuzz ${name}`));
    expect(out).toContain(`slabfuzz ${name} `);
    expect(out).toContain("Options:");
    expect(out).toMatch(/Examples?:/);
  });

  it("lists the commands in groups, in the order of docs/index.md", async () => {
    const { out } = await slabfuzz("--help");
    const listed = [...out.matchAll(/^([A-Z]\w+):$|^ {2}([a-z]+) [ [<]/gm)];
    const names = listed.map(([, group, command]) => group ?? command);
    const inGroups = names.slice(names.indexOf("Find")).filter((name) => name !== "help");
    const page = readFileSync("docs/index.md", "utf8");
    const told = [...page.matchAll(/^## (\w+)$|^\| `([a-z]+)`/gm)].map(([, ...of]) => of.join(""));
    expect(inGroups).toEqual(told);
    expect(inGroups).toEqual(expect.arrayContaining(commands));
  });

  it.each([
    [[]],
    ...commands.map((name) => [[name]]),
    ...["inspect", "check"].map((name) => [["targets", name]]),
    ...["add", "list", "check"].map((name) => [["corpus", name]]),
  ])(
    "for %j fits a terminal of 80 columns, and shows its examples before its options",
    async (words) => {
      const { out } = await slabfuzz(...words, "--help");
      expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
      const [examples, options] = [out.indexOf("\nExamples:\n"), out.indexOf("\nOptions:\n")];
      expect(examples).toBeLessThan(options);
    },
  );

  it.each(["fuzz", "view", "ci"])("of %s fills the lines of its prose", async (name) => {
    const lines = (await slabfuzz(name, "--help")).out.split("\n");
    const isProse = (line = "") => /^[a-zA-Z(]/.test(line) && !/ {2}/.test(line);
    const short = lines.filter((line, index) => {
      const [next] = (lines[index + 1] ?? "").split(" ");
      const goesOn = isProse(line) && isProse(lines[index + 1]) && !line.endsWith(":");
      return goesOn && `${line} ${next}`.length <= 80;
    });
    expect(short).toEqual([]);
  });

  it("is joined by --version, which prints the version", async () => {
    expect((await slabfuzz("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("a wrong command line", () => {
  it.each([
    [[], /^slabfuzz: no command given: try slabfuzz fuzz --time 10s, or slabfuzz replay FILE/],
    [["help", "fzz"], 'slabfuzz: unknown command "fzz" (did you mean fuzz?)\n'],
    [["corpus", "addd"], 'slabfuzz: unknown command of corpus "addd" (did you mean add?)\n'],
    [["targets", "inspct"], /unknown command of targets "inspct" \(did you mean inspect\?\)/],
    [["fuzz", "--invariants", "poisn=off"], /unknown invariant "poisn" \(did you mean poison\?\)/],
    [["fuzz", "--without", "krealoc"], /"krealoc" \(did you mean krealloc\?\)/],
    [
      ["fuzz", "--no-config", "--target", "slubb"],
      /^unknown target "slubb" \(did you mean slub\?\)/,
    ],
    [["corpus", "add", "x", "--expect", "detectd"], /"detectd" \(did you mean detected\?\)/],
    [["geometry", "64", "--boot", "smpp"], /^unknown variant "smpp" \(did you mean smp\?\)/],
    [["help", "nothing-like-it"], /^slabfuzz: unknown command "nothing-like-it" \(there are: /],
    [["corpus"], "slabfuzz corpus: say add, list, check or minimise (slabfuzz help corpus)\n"],
    [["geometry", "64", "--profile", "v6.21"], /^slabfuzz: --profile v6.21: .*did you mean v6.1\?/],
    [
      ["fuzz", "--bugs", "doublefree"],
      /^unknown bug class "doublefree" \(did you mean double-free\?\)/,
    ],
    [["fuzz", "--time", "300"], "slabfuzz: --time 300: say 300ms or 300s\n"],
    [["ci", "--timeout", "60"], "slabfuzz: --timeout 60: say 60ms or 60s\n"],
    [["bench", "--time", "2000h"], /^slabfuzz: --time 2000h: must be a time of at most 1000h/],
    [["fuzz", "--no-config", "--cases", "2", "--shard", "3/4"], /^shard 3\/4: 2 cases have/],
    [
      ["replay", "sf1:v6.1:up:FZP:1::slub:all:100:3:4294967296:05981e47:928aeb94"],
      /is a damaged token, "4294967296" is out of place/,
    ],
    [["fuzz", "--cases", "4294967297"], /^slabfuzz: --cases 4294967297: must be a whole number/],
    [["geomtry"], "slabfuzz: unknown command 'geomtry' (Did you mean geometry?)\n"],
    [["--bogus"], "slabfuzz: unknown option '--bogus'\n"],
    [["geometry"], "slabfuzz: missing required argument 'size'\n"],
    [
      ["geometry", "64", "128"],
      "slabfuzz: too many arguments for 'geometry': expected 1 argument but got 2\n",
    ],
    [
      ["geometry", "64", "--profile", "v9"],
      'slabfuzz: --profile v9: unknown profile "v9" (there are: v3.10 v6.1 v6.12 v7.3)\n',
    ],
    [
      ["geometry", "64", "--cpus", "x"],
      "slabfuzz: --cpus x: must be a whole number from 1 to 8192\n",
    ],
    [["geometry", "0"], '"0" is not a size from 1 to 2147483647\n'],
    [["geometry", "64", "--flags", "Q"], "--flags Q: - or letters FZPUTHRKADM\n"],
    [["geometry", "64", "--cpus", "2"], /^this variant is a kernel for one CPU, not 2/],
    [["geometry", "64", "--boot", "vax"], /^unknown variant "vax"/],
    [["geometry", "64", "--slub-debug", "FQ"], /^slub_debug=FQ: no debug option has the letter Q/],
  ])("ends with 2 and one sentence on stderr: %j", async (words, sentence) => {
    const { code, out, error } = await slabfuzz(...words);
    expect([code, out]).toEqual([2, ""]);
    if (typeof sentence === "string") expect(error).toBe(sentence);
    else expect(error).toMatch(sentence);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("the exit code", () => {
  it("is 2 for a request that cannot be met, with a sentence of its own", () => {
    expect(exitCodeOf(new UserError("seed.slab:3: no cache"), silent)).toBe(2);
  });

  it("is 3 for a failure of slabfuzz itself, and the message names it as one", () => {
    let error = "";
    const streams = {
      ...silent,
      error: (text: string) => {
        error += text;
      },
    };
    expect(exitCodeOf(new TypeError("x is undefined"), streams)).toBe(3);
    expect(error).toContain(
      "slabfuzz: internal error, please report it: TypeError: x is undefined",
    );
  });
});
