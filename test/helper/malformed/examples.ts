// Valid texts of what slabfuzz reads, each with most of what such a text may have.
export const SCRIPT = `# boot: smp slub_debug=FZ,c
# profile: v6.1
# cpus: 3
# seed: 0x2a
# phys: 0x4000 4096
# config: +SLAB_FREELIST_RANDOM
# a note
cache c 64 8 FZM
allocn c 4 p
alloc c a z
write a+8 0 00ff
fill a 0 8 6b
wptr a 0 glob+8
free c p0
cpu 1
freen c 2 p
kmalloc 100 k
krealloc k 200 k2
kfree k2
region r 0xffffc90003fed0b0 168
listinit r+0x18
listadd a r+0x18
bulkfree c p3 null
xor a fp 01
validate c
destroy c
`;

export const OTHER_SCRIPT =
  "cache d 4096 0 - ctor\nalloc d x\nread x 0 16\nksize null\nfree d x-1\n";

export const MODULE_SCRIPT = `# target: tlsf
# exports: malloc=a,free=b
# bug: double-free
# a note
alloc b0 24 8
zalloc b1 3 8
resize b0 48
write b0 -4 8 255
cycle 64 100 1
free b0 # again
`;

export const RECORD = JSON.stringify({
  format: "slabfuzz-program",
  version: 1,
  verdict: "ok",
  header: ["boot: up", "a note"],
  operations: [
    ["cache", "c", "64", "0", "-"],
    ["alloc", "c", "a"],
  ],
});

export const CONFIG = JSON.stringify({
  target: "slub",
  profile: "v6.1",
  boot: "smp slab_nomerge",
  slubDebug: "FZP",
  cpus: 4,
  kconfig: "+SLAB_FREELIST_RANDOM",
  bugs: ["double-free", "off-by-one"],
  bugsPerCase: 2,
  without: ["rcu"],
  workload: ["lifo"],
  sizes: [64, 320],
  ops: 200,
  seed: "0x7",
  cases: 1000,
  time: "2m",
  timeout: "500ms",
  jobs: 2,
  failOn: "any",
  countAsNew: ["escaped"],
  targets: { mine: { file: "mine.wasm", malloc: "a", free: "b", align: 8 } },
  ci: { quick: true, time: "5s", costTolerance: 2.5, sections: ["fuzz"] },
  invariants: { poison: false, "red-zone": 4 },
});

export const BASELINE = `# ours
signature: none|-|nowhere|invariant overlap at alloc
verdict: invariant
reason: is being rewritten
owner: alice
expires: 2027-03-01

signature: other
verdict: escaped
reason: x
owner: bob
expires: 2028-02-29
`;

export const TOKENS = [
  "sf1:v6.1:up:FZP:1::slub:all:100:3:51:05981e47:928aeb94",
  "sf1:v6.12:smp:FZ%2Cc:16:%2BDEBUG_LIST:canary.poison-one-byte-long:double-free+leak-at-destroy:" +
    "20+size.64.320+rules.poison.off.red-zone.1:18446744073709551615:4294967295:0:1",
];

export const MODULE_TOKEN =
  "sw1:node_modules/x/x.wasm:malloc%3DIa:none:2000+twins+size.8:7:1:01:45";
