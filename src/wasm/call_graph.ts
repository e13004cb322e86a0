// Which functions of a module may run when some of them are called: these, those that they call,
// and so on. A call through a table may reach each function of its type that a table may hold.
import { instructionsOf, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import type { FunctionBody, WasmFile } from "./wasm_file.ts";

/** Numbers of functions; imported ones are among them. */
export function functionsReachedFrom(
  file: WasmFile,
  first: readonly number[],
): ReadonlySet<number> {
  const bodies = new Map(file.functions.map((body) => [body.index, body]));
  const reached = new Set<number>();
  const left = [...first];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    const body = bodies.get(next);
    if (body !== undefined) left.push(...calledIn(file, body));
  }
  return reached;
}

function calledIn(file: WasmFile, { codeAt, end }: FunctionBody): readonly number[] {
  const code = [...instructionsOf(new ByteReader(file.bytes, codeAt, end))];
  return code.flatMap(({ opcode, operandsAt }) => {
    const operand = () => new ByteReader(file.bytes, operandsAt, end).u32();
    if (opcode === Opcode.CALL || opcode === Opcode.RETURN_CALL) return [operand()];
    if (opcode === Opcode.CALL_INDIRECT || opcode === Opcode.RETURN_CALL_INDIRECT) {
      return file.tableFunctionsOfType(operand());
    }
    return [];
  });
}
