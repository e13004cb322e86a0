// Cuts a list down while it still shows what it showed: pieces are left out, large ones first. All
// candidates of a round are asked about at once, because they can share one boot.

/** Which of the candidates still show it. */
export type AskMany<T> = (candidates: readonly (readonly T[])[]) => Promise<readonly boolean[]>;

const ROUNDS_MAX = 60;

/** A shorter list that still shows it, from which no single element can be left out. */
export async function shrinkList<T>(
  list: readonly T[],
  askMany: AskMany<T>,
): Promise<readonly T[]> {
  let kept = list;
  let piece = Math.ceil(kept.length / 2);
  for (let round = 0; round < ROUNDS_MAX && piece >= 1; round++) {
    const shorter = await leaveOut(kept, piece, askMany);
    if (shorter !== undefined) kept = shorter;
    else if (piece === 1) break;
    else piece = Math.ceil(piece / 2);
    piece = Math.max(1, Math.min(piece, Math.ceil(kept.length / 2)));
  }
  return kept;
}

/** One round: every piece of that size that can go, together if that works, else the first. */
async function leaveOut<T>(
  list: readonly T[],
  piece: number,
  askMany: AskMany<T>,
): Promise<readonly T[] | undefined> {
  const starts = Array.from({ length: Math.ceil(list.length / piece) }, (_, i) => i * piece);
  const answers = await askMany(starts.map((start) => without(list, [start], piece)));
  const spare = starts.filter((_, i) => answers[i]);
  if (spare.length === 0) return undefined;
  const unions = halvings(spare).map((some) => without(list, some, piece));
  const together = unions.length > 1 ? await askMany(unions.slice(0, -1)) : [];
  const best = together.indexOf(true);
  return best === -1 ? without(list, [spare[0]], piece) : unions[best];
}

/** All of them, the first half of them, and so on down to the first. */
function halvings(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return [items, ...halvings(items.slice(0, Math.ceil(items.length / 2)))];
}

function without<T>(list: readonly T[], starts: readonly number[], piece: number): readonly T[] {
  const isOut = (i: number) => starts.some((start) => i >= start && i < start + piece);
  return list.filter((_, i) => !isOut(i));
}
