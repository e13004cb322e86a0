// Logs as they are found: the same lines in another manner.

export const mapped = (log: string, change: (line: string, i: number) => string): string =>
  log.split("\n").map(change).join("\n");

export function wrappedAt(line: string, width: number): string {
  const words = line.split(" ");
  const lines = [""];
  for (const word of words) {
    const open = lines.at(-1)!;
    if (open.length + word.length >= width && open.trim() !== "") lines.push(word);
    else lines[lines.length - 1] = lines.length === 1 && open === "" ? word : `${open} ${word}`;
  }
  return lines.join("\n");
}

const CHATTER = [
  "usb 1-1: new high-speed USB device number 7 using xhci_hcd",
  "systemd[1]: Started Session 42 of User root.",
  "EXT4-fs (sda1): re-mounted. Opts: errors=remount-ro. Quota mode: none.",
  'audit: type=1400 audit(1700000000.123:45): apparmor="STATUS" operation="profile_load"',
  "nouveau 0000:01:00.0: fifo: fault 00 [READ] at 0000000000ff0000 engine 00",
  "Modules linked in: nf_tables nfnetlink i915 drm_buddy video wmi",
  "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
];

/** Three lines of others among seven of the log, at places that follow from their numbers. */
function mixed(log: string, stamp: string): string {
  return log
    .split("\n")
    .flatMap((line, i) => {
      const others = [0, 3, 7].includes((i * 7) % 10) ? [`${stamp}${CHATTER[i % 7]}`] : [];
      return [`${stamp}${line}`, ...others];
    })
    .join("\n");
}

const hardWrapped = (log: string, width: number): string =>
  mapped(log, (line) => line.match(new RegExp(`.{1,${width}}`, "g"))?.join("\n") ?? "");

/** As mails are stored: `=` and bytes beyond ASCII in digits, lines of at most 76 characters. */
function quotedPrintable(line: string): string {
  const letters = [...Buffer.from(line, "latin1")].map((byte) =>
    byte === 0x3d || byte > 0x7e
      ? `=${byte.toString(16).toUpperCase().padStart(2, "0")}`
      : String.fromCharCode(byte),
  );
  const lines = [""];
  for (const letter of letters) {
    if (lines.at(-1)!.length + letter.length > 75) lines.push("");
    lines[lines.length - 1] += letter;
  }
  return lines.join("=\n");
}

/** A name for each manner, and how it changes a log. */
export const MANNERS: readonly (readonly [string, (log: string) => string])[] = [
  ["mixed with others", (log) => mixed(log, "")],
  ["mixed with others in syslog", (log) => mixed(log, "Oct 31 15:19:38 host kernel: ")],
  ["wrapped at 70 columns", (log) => mapped(log, (line) => wrappedAt(line, 70))],
  [
    "wrapped and quoted",
    (log) =>
      mapped(
        mapped(log, (l) => wrappedAt(l, 68)),
        (l) => `> > ${l}`,
      ),
  ],
  ["cut into lines of 70", (log) => hardWrapped(log, 70)],
  [
    "cut with its clock",
    (log) =>
      hardWrapped(
        mapped(log, (l) => `[   12.001000] ${l}`),
        70,
      ),
  ],
  ["in quoted-printable", (log) => mapped(log, quotedPrintable)],
  ["with CRLF and wrapped", (log) => mapped(log, (l) => wrappedAt(l, 70)).replaceAll("\n", "\r\n")],
];
