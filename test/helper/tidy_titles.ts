// A test's full name is a claim that a log shows without its file: it begins with an article, a
// noun or a name, and it has a verb.
import ts from "typescript";
import type { Rule } from "./tidy_rules.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that begin no subject: prepositions, conjunctions, pronouns, adverbs, and verb forms. */
const NO_BEGINNINGS = words(`
  about above after against among as at before behind below beside between beyond by during for
  from in inside into near of off on out outside over since through to towards under until up upon
  via with within without
  although and because but how if nor or so than that though unless what whatever when whenever
  where wherever whether which whichever while who whom whose why yet
  anything everything he her him his it its itself none nothing she something such them they this
  those these us we you
  again also always either else ever first hardly here just later never not now often once only
  still then there too twice
  am be been being could did does had has is might shall should was would`);

/** After one of these a word in -s was a verb: "hands the", but not "hands of". */
const OBJECTS = words(`
  a all an another any as both each every how it its itself no nothing one only other that the them
  this what whatever when where whether which`);

/** Finite verbs that end neither in -s nor in -ed. */
const VERBS = words(`
  accept add agree allocate are ask become begin belong break can come compare compile confirm
  contain convert cost cover decide decode depend describe detect differ do draw drop escape
  excuse exist explain fail fill find fit follow forget free gain get give go grow happen have
  hold include keep know lead leave let lie look lose make match may mean meet move must need
  notice open pass play prefer print reach read refuse reject remember remove rename repeat
  replace report resolve return run say see serve share show spare stand stay stop suppress
  survive swap switch take tell use will work write yield`);

/** Persons that no text has named. */
const PERSONS = words(`
  anybody anyone everybody everyone nobody somebody someone whoever whomever`);

/** The full name of a test is a claim. */
export const titlesAreClaims: Rule = ({ path, text }) =>
  /\.(test|deep)\.ts$/.test(path)
    ? fullNamesOf(path, text)
        .filter((name) => !isClaim(name))
        .map((name) => `${path}: "${name}" is no claim with a subject and a verb`)
    : [];

function isClaim(name: string): boolean {
  const [first, ...others] = name.toLowerCase().split(/[\s,:;]+/);
  const hasSubject = !PERSONS.has(first) && isBeginning(first, others[0]);
  return hasSubject && others.some(isVerb) && !others.some((word) => PERSONS.has(word));
}

/** A placeholder begins no subject, since the title does not show what will stand there. */
function isBeginning(first: string, second: string | undefined): boolean {
  if (!/^["'`]?[\p{L}\d]/u.test(first) || NO_BEGINNINGS.has(first)) return false;
  const isVerbForm = [/$/, /s$/, /es$/].some((ending) => VERBS.has(first.replace(ending, "")));
  return !isVerbForm && !(first.endsWith("s") && OBJECTS.has(second ?? ""));
}

function isVerb(word: string): boolean {
  return VERBS.has(word) || /\w(s|ed)$/.test(word);
}

/** The titles of each test, joined as a log shows them. */
function fullNamesOf(path: string, text: string): readonly string[] {
  const names: string[] = [];
  const visit = (node: ts.Node, outer: readonly string[]): void => {
    const block = ts.isCallExpression(node) ? blockOf(node) : undefined;
    const titles = block === undefined ? outer : [...outer, textOf(block.title)];
    if (block?.isTest) names.push(titles.join(" "));
    ts.forEachChild(node, (child) => visit(child, titles));
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest), []);
  return names;
}

interface Block {
  readonly title: ts.Expression;
  /** Whether the block is one test, and no group of tests. */
  readonly isTest: boolean;
}

/** A call that begins with it, test or describe, and has a title and a body. */
function blockOf({ expression, arguments: [title, body] }: ts.CallExpression): Block | undefined {
  const root = rootOf(expression);
  if (!["it", "test", "describe"].includes(root) || body === undefined) return undefined;
  return { title, isTest: root !== "describe" };
}

function rootOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isTaggedTemplateExpression(node)) return rootOf(node.tag);
  const isPart = ts.isCallExpression(node) || ts.isPropertyAccessExpression(node);
  return isPart ? rootOf(node.expression) : "";
}

/** The text of a literal, with %s for what a template puts in; "" for other expressions. */
function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return "";
  return node.head.text + node.templateSpans.map(({ literal }) => `%s${literal.text}`).join("");
}
