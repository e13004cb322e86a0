export { ABI_VERSION } from "./abi.ts";
