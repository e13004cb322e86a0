// What the debug build exports beside index.ts: `npm run build:debug` compiles both.

export { expect_clean } from "./base/assert";
