// The bug classes that make sense for an allocator of which nothing is known but how to call it.
// The names are those of all other campaigns.
import { UserError } from "../../base/user_error.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import { type Binding, takesSizes } from "../load/binding.ts";

const FOREIGN_BUGS: readonly BugName[] = [
  "overflow-right",
  "overflow-left",
  "off-by-one",
  "off-by-one-nul",
  "write-after-free",
  "write-after-reuse",
  "double-free",
  "double-free-interleaved",
  "double-free-after-reuse",
  "invalid-free-interior",
  "invalid-free-foreign",
  "wrong-size-use",
  "krealloc-misuse",
];

/** Those that a binding allows. */
function bugsFor(binding: Binding): readonly BugName[] {
  return FOREIGN_BUGS.filter((bug) => {
    if (bug === "wrong-size-use") return takesSizes(binding);
    if (bug === "krealloc-misuse") return binding.realloc !== undefined;
    return true;
  });
}

/** `all` means all that there are; anything else has to be among them. */
export function checkedBugs(
  bugs: readonly BugName[],
  binding: Binding,
  name: string,
): readonly BugName[] {
  const known = bugsFor(binding);
  if (bugs.length === INJECTED_BUGS.length) return known;
  const unknown = bugs.find((bug) => bug !== "none" && !known.includes(bug));
  if (unknown === undefined) return bugs;
  throw new UserError(`${name}: there is no ${unknown} (there are: none ${known.join(" ")})`);
}
